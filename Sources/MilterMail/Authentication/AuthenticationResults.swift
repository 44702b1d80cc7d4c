/// The value of `Authentication-Results`: RFC 8601.
///
/// Before a filter adds such a field, it deletes fields of the sender that claim the same origin:
///
/// ```swift
/// func add(_ results: AuthenticationResults, to headers: MailHeaders) throws {
///   for index in AuthenticationResults.forgeries(in: headers, of: [results.server]) {
///     try chgheader("Authentication-Results", index, nil)
///   }
///   try insheader(0, "Authentication-Results", results.encoded())
/// }
/// ```
public struct AuthenticationResults: Hashable, Sendable {
  /// The server that authenticated the message: the authserv-id, usually a domain.
  public var server: String
  /// The version of the format; `nil` if none is given, which means 1.
  public var version: Int?
  /// The results; empty for `none`.
  public var results: [AuthenticationResult]

  /// Creates a value.
  ///
  /// - Parameters:
  ///   - server: The server that authenticated the message.
  ///   - results: The results; empty for `none`.
  public init(server: String, _ results: [AuthenticationResult] = []) {
    self.server = server
    self.results = results
  }

  /// Reads the value of a header field.
  ///
  /// - Parameter value: The value, byte for byte as in the message.
  /// - Throws: ``MailSyntaxError`` if the value is not valid.
  public init(_ value: some Sequence<UInt8>) throws(MailSyntaxError) {
    var parser = AuthenticationResultsParser(value)
    self = try parser.value()
  }

  /// Reads the value of a header field.
  ///
  /// - Parameter value: The value, byte for byte as in the message.
  /// - Throws: ``MailSyntaxError`` if the value is not valid.
  public init(_ value: String) throws(MailSyntaxError) { try self.init(value.utf8) }

  /// Returns the fields that claim to come from some servers and must be deleted: RFC 8601, section 5.
  ///
  /// Servers are compared as in ``MailDomain``. A field with an unreadable server is also returned, because
  /// another program may read it as one of these servers.
  ///
  /// - Parameters:
  ///   - headers: The header fields of the message as it arrived.
  ///   - servers: The server's own names: all authserv-ids that are used internally.
  /// - Returns: The numbers of the fields among those named `Authentication-Results`, beginning with 1, the
  ///   last first: the order in which `chgheader` can delete them.
  public static func forgeries(in headers: MailHeaders, of servers: [String]) -> [Int] {
    let own = Set(servers.map { MailDomain($0) })
    return headers.all("Authentication-Results").enumerated().filter { _, field in
      var parser = AuthenticationResultsParser(field.rawValue)
      guard let server = try? parser.server() else { return true }
      // Some programs write a version after a slash.
      let name = server.prefix { $0 != "/" }
      return own.contains(MailDomain(server)) || own.contains(MailDomain(String(name)))
    }.map { $0.offset + 1 }.reversed()
  }
}
