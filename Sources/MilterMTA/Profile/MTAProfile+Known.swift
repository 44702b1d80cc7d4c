import MilterCore

extension MTAProfile {
  /// An MTA that goes by libmilter's documentation, and has no habits of its own.
  public static let libmilterReference = Self(name: "libmilter")

  /// Postfix 2.6 and later, for mail that comes by SMTP.
  public static let postfix = Self(name: "postfix")

  /// Postfix 2.6 and later, for mail that programs of its own machine submit.
  ///
  /// Its filters are those of `non_smtpd_milters`; the session before the message is made up.
  public static let postfixSubmission: Self = {
    var profile = postfix
    profile.name = "postfix-submission"
    return profile
  }()

  /// Postfix 2.3: protocol version 2, and no new bodies.
  public static let postfix2_3 = Self.postfix(
    "2.3", .init(version: 2, actions: [.addhdrs, .addrcpt, .delrcpt, .chghdrs], steps: version2))

  /// Postfix 2.4: protocol version 2.
  public static let postfix2_4 = Self.postfix(
    "2.4", .init(version: 2, actions: actions2, steps: version2))

  /// Postfix 2.5: protocol version 2 unless configured otherwise; it cannot change the sender.
  public static let postfix2_5 = Self.postfix(
    "2.5", .init(version: 2, actions: actions2, steps: version2))

  /// Sendmail 8.14 and later.
  public static let sendmail: Self = {
    var profile = Self(name: "sendmail")
    profile.connectTimeout = .seconds(300)
    profile.commandTimeout = .seconds(10)
    profile.contentTimeout = .seconds(10)
    profile.endTimeout = .seconds(300)
    return profile
  }()

  /// Sendmail 8.13: protocol version 2.
  public static let sendmail8_13: Self = {
    var profile = sendmail
    profile.name = "sendmail-8.13"
    profile.offer = .init(version: 2, actions: actions2, steps: version2)
    return profile
  }()

  /// All profiles there are.
  public static let all: [Self] = [
    .libmilterReference, .postfix, .postfixSubmission, .postfix2_3, .postfix2_4, .postfix2_5,
    .sendmail, .sendmail8_13,
  ]

  /// Finds a profile by its name; nil if there is none.
  public init?(named name: String) {
    guard let profile = Self.all.first(where: { $0.name == name }) else { return nil }
    self = profile
  }

  private static func postfix(_ release: String, _ offer: MilterOptions) -> Self {
    var profile = postfix
    profile.name = "postfix-\(release)"
    profile.offer = offer
    return profile
  }

  private static let actions2: MilterActionFlags = [
    .addhdrs, .chgbody, .addrcpt, .delrcpt, .chghdrs, .quarantine,
  ]
  private static let version2: MilterProtocolFlags = [.version2, .noeoh]
}
