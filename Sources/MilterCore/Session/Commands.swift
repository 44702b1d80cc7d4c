/// A set of commands, with one bit for each.
@usableFromInline
struct Commands: OptionSet, Sendable {
  @usableFromInline let rawValue: UInt32

  @inlinable init(rawValue: UInt32) { self.rawValue = rawValue }

  init(_ command: MTACommandCode) { rawValue = Self.bit(command.rawValue) }

  /// The bit of a command's code, which is a letter.
  @inlinable @inline(__always)
  static func bit(_ code: UInt8) -> UInt32 { 1 &<< UInt32(code & 0x1F) }

  static let negotiate = Self(.negotiate)
  static let connect = Self(.connect)
  static let helo = Self(.helo)
  static let mail = Self(.mail)
  static let rcpt = Self(.rcpt)
  static let data = Self(.data)
  static let header = Self(.header)
  static let eoh = Self(.eoh)
  static let body = Self(.body)
  static let endOfBody = Self(.endOfBody)
  static let abort = Self(.abort)
  static let unknown = Self(.unknown)
  static let quitNewConnection = Self(.quitNewConnection)
  static let quit = Self(.quit)
}
