/// The value of `Authentication-Results`: RFC 8601.
///
/// A filter that adds such a field first deletes those with which a sender claims the same origin:
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

  /// Makes a value.
  ///
  /// - Parameters:
  ///   - server: who authenticated the message.
  ///   - results: the results; none for `none`.
  public init(server: String, _ results: [AuthenticationResult] = []) {
    self.server = server
    self.results = results
  }

  /// Reads a header field's value.
  ///
  /// - Parameter value: the value, byte for byte as in the message.
  /// - Throws: ``MailSyntaxError`` if it cannot be read.
  public init(_ value: some Sequence<UInt8>) throws(MailSyntaxError) {
    var parser = AuthenticationResultsParser(value)
    self = try parser.value()
  }

  /// Reads a header field's value.
  ///
  /// - Parameter value: the value, byte for byte as in the message.
  /// - Throws: ``MailSyntaxError`` if it cannot be read.
  public init(_ value: String) throws(MailSyntaxError) { try self.init(value.utf8) }

  /// The fields that claim to come from some servers and must be deleted: RFC 8601, section 5.
  ///
  /// Servers are compared as ``MailDomain`` compares them. A field whose server cannot be read is
  /// listed also, because another program may read it as one of these.
  ///
  /// - Parameters:
  ///   - headers: the message's header fields, as it arrived from outside.
  ///   - servers: the server's own names: every authserv-id that is used within.
  /// - Returns: which of the fields named `Authentication-Results`, from 1, the last first: in the
  ///   order in which `chgheader` can delete them.
  public static func forgeries(in headers: MailHeaders, of servers: [String]) -> [Int] {
    let own = Set(servers.map { MailDomain($0) })
    return headers.all("Authentication-Results").enumerated().filter { _, field in
      var parser = AuthenticationResultsParser(field.rawValue)
      guard let server = try? parser.server() else { return true }
      // Some programs take a version after a slash.
      let name = server.prefix { $0 != "/" }
      return own.contains(MailDomain(server)) || own.contains(MailDomain(String(name)))
    }.map { $0.offset + 1 }.reversed()
  }
}
