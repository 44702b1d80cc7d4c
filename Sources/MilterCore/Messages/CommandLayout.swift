/// The positions of the parts of an MTA's command in its payload.
///
/// The methods are as lenient as libmilter and copy nothing, so that a filter pays only for the parts that it
/// reads. ``MTACommand`` also uses them.
package enum CommandLayout {
  /// The string of HELO.
  ///
  /// Bytes after the first NUL are ignored.
  package static func string(
    _ payload: Span<UInt8>, _ code: MTACommandCode
  ) throws(MilterError) -> Range<Int> {
    guard payload.count > 0, payload[payload.count - 1] == 0, let text = payload.cString(at: 0)
    else { throw malformed(code, "its string has no end") }
    return text
  }

  /// The text of an unknown command.
  ///
  /// libmilter does not check that the text ends with a NUL, and reads beyond it.
  package static func unknown(_ payload: Span<UInt8>) -> Range<Int> {
    payload.cString(at: 0) ?? 0..<payload.count
  }

  /// The address and the ESMTP arguments of MAIL and RCPT.
  ///
  /// A last string without a NUL is ignored.
  package static func arguments(
    _ payload: Span<UInt8>, _ code: MTACommandCode
  ) throws(MilterError) -> [Range<Int>] {
    let strings = payload.cStrings()
    guard !strings.isEmpty else { throw noString(code) }
    return strings
  }

  /// The address and the ESMTP arguments of MAIL or RCPT, as a list of texts.
  package static func texts(
    _ payload: Span<UInt8>, _ code: MTACommandCode
  ) throws(MilterError) -> [String] {
    let (address, arguments) = try envelope(payload, code)
    return [address] + arguments
  }

  /// The address and the ESMTP arguments of MAIL or RCPT, as separate texts.
  package static func envelope(
    _ payload: Span<UInt8>, _ code: MTACommandCode
  ) throws(MilterError) -> (address: String, arguments: [String]) {
    guard let address = payload.cString(at: 0) else { throw noString(code) }
    var arguments: [String] = []
    var next = address.upperBound + 1
    while let argument = payload.cString(at: next) {
      arguments.append(payload.text(in: argument))
      next = argument.upperBound + 1
    }
    return (payload.text(in: address), arguments)
  }

  /// The place of the address of MAIL or RCPT, and that of the ESMTP arguments with their NULs.
  package static func rawEnvelope(
    _ payload: Span<UInt8>, _ code: MTACommandCode
  ) throws(MilterError) -> (address: Range<Int>, arguments: Range<Int>) {
    guard let address = payload.cString(at: 0) else { throw noString(code) }
    var end = payload.count
    // A last string without a NUL is ignored.
    while payload[end - 1] != 0 { end -= 1 }
    return (address, address.upperBound + 1..<end)
  }

  /// The error for MAIL or RCPT without an address.
  package static func noString(_ code: MTACommandCode) -> MilterError {
    malformed(code, "it holds no whole string")
  }

  /// The name and the value of a header field.
  ///
  /// Strings after the value are ignored.
  package static func header(
    _ payload: Span<UInt8>
  ) throws(MilterError) -> (name: Range<Int>, value: Range<Int>) {
    // The search for the end of the name begins at the second byte, as in libmilter. So an empty name includes
    // the next string.
    guard payload.count > 1, payload[payload.count - 1] == 0,
      let end = CLibrary.firstNUL(in: payload, from: 1), end + 1 < payload.count,
      let valueEnd = CLibrary.firstNUL(in: payload, from: end + 1)
    else { throw malformed(.header, "it has no name and value") }
    return (payload[0] == 0 ? 0..<0 : 0..<end, end + 1..<valueEnd)
  }

  /// The name and the address of a client.
  package static func connect(
    _ payload: Span<UInt8>
  ) throws(MilterError) -> (host: Range<Int>, address: MilterAddress?) {
    guard let host = payload.cString(at: 0), host.upperBound + 1 < payload.count else {
      throw malformed(.connect, "it has no host name and family")
    }
    let family = payload[host.upperBound + 1]
    if family == UInt8(ascii: "U") { return (host, nil) }
    let start = host.upperBound + 4
    guard start < payload.count, payload[payload.count - 1] == 0,
      let place = payload.cString(at: start)
    else { throw malformed(.connect, "it has no port and address") }
    let port = UInt16(payload[start - 2]) << 8 | UInt16(payload[start - 1])
    let text = payload.text(in: place)
    let address: MilterAddress? =
      switch family {
      case UInt8(ascii: "4"): .inet(text: text, port: port)
      case UInt8(ascii: "6"): .inet6(text: text, port: port)
      case UInt8(ascii: "L"): place.count <= WireLimits.unixPath ? .unix(path: text) : nil
      default: nil
      }
    guard let address else { throw malformed(.connect, "its family and address do not fit") }
    return (host, address)
  }

  /// The error for a command with a malformed payload.
  package static func malformed(_ code: MTACommandCode, _ reason: String) -> MilterError {
    MilterError(.malformedCommand, "malformed \(code) command: \(reason)")
  }
}
