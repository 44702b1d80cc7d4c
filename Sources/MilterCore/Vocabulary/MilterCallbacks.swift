/// A set of callbacks, such as those that a filter overrides.
public struct MilterCallbacks: OptionSet, Hashable, Sendable {
  /// One bit for each ``MilterCallback``.
  public let rawValue: UInt32

  /// Creates a set from its bits.
  public init(rawValue: UInt32) { self.rawValue = rawValue }

  /// Creates a set of one callback.
  @inlinable public init(_ callback: MilterCallback) { rawValue = 1 &<< callback.rawValue }

  /// `xxfi_negotiate`.
  public static let negotiate = Self(.negotiate)
  /// `xxfi_connect`.
  public static let connect = Self(.connect)
  /// `xxfi_helo`.
  public static let helo = Self(.helo)
  /// `xxfi_envfrom`.
  public static let envfrom = Self(.envfrom)
  /// `xxfi_envrcpt`.
  public static let envrcpt = Self(.envrcpt)
  /// `xxfi_data`.
  public static let data = Self(.data)
  /// `xxfi_unknown`.
  public static let unknown = Self(.unknown)
  /// `xxfi_header`.
  public static let header = Self(.header)
  /// `xxfi_eoh`.
  public static let eoh = Self(.eoh)
  /// `xxfi_body`.
  public static let body = Self(.body)
  /// `xxfi_eom`.
  public static let eom = Self(.eom)
  /// `xxfi_abort`.
  public static let abort = Self(.abort)
  /// `xxfi_close`.
  public static let close = Self(.close)

  /// Every callback.
  public static let all = Self(rawValue: 1 << (MilterCallback.close.rawValue + 1) - 1)

  /// The flags for an MTA to leave out the steps of all other callbacks.
  public var notWanted: MilterProtocolFlags {
    MilterCallback.allCases.reduce(into: []) { flags, callback in
      if !contains(Self(callback)) { flags.formUnion(callback.noFlag) }
    }
  }
}
