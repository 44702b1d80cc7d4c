import MilterCore

extension MTAProfile {
  /// An MTA that follows libmilter's documentation: it offers all options and sends all macros.
  public static let libmilterReference = Self(name: "libmilter")

  /// All profiles.
  public static let all: [Self] = [
    .libmilterReference, .postfix, .postfixSubmission, .postfix2_3, .postfix2_4, .postfix2_5,
    .postfix3_9, .postfix3_10, .postfix3_11, .sendmail, .sendmail8_13,
    .stalwart,
  ]

  /// Finds a profile by its name; `nil` if the name is unknown.
  public init?(named name: String) {
    guard let profile = Self.all.first(where: { $0.name == name }) else { return nil }
    self = profile
  }

  /// Returns a profile that differs from this one.
  func named(_ name: String, _ change: (inout Self) -> Void) -> Self {
    var profile = self
    profile.name = name
    change(&profile)
    return profile
  }

  /// The actions of version 2.
  static let actions2: MilterActionFlags = [
    .addhdrs, .chgbody, .addrcpt, .delrcpt, .chghdrs, .quarantine,
  ]
  /// The steps of version 2.
  static let steps2: MilterProtocolFlags = [.version2, .noeoh]
}
