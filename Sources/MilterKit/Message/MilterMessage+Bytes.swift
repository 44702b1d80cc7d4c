extension MilterMessage {
  /// Returns the whole message, byte for byte as the MTA has it: header fields, an empty line, and the body,
  /// with CR LF at the end of each line.
  ///
  /// - Parameter withReceived: Whether the message begins with a `Received` field that is made from the macros.
  ///   The MTA does not send its own one to filters, and virus and spam scanners need it.
  /// - Returns: The message with the changes made so far.
  /// - Throws: The same errors as ``Body/bytes``.
  public func bytes(withReceived: Bool = false) throws -> [UInt8] {
    var bytes = headerBytes(withReceived: withReceived)
    bytes.reserveCapacity(bytes.count + body.count)
    var reader = body.reader
    while let chunk = try reader.next() { bytes += chunk }
    return bytes
  }

  /// Returns the header as ``bytes(withReceived:)`` does, with the empty line after it.
  ///
  /// To pass on a message that need not be in memory, send the chunks of ``Body/reader`` after it.
  public func headerBytes(withReceived: Bool = false) -> [UInt8] {
    var bytes = withReceived ? ReceivedField(self).bytes : []
    bytes.reserveCapacity(headers.reduce(bytes.count + 2) { $0 + $1.content.count + 8 })
    for field in headers { field.append(to: &bytes) }
    bytes += [0x0D, 0x0A]
    return bytes
  }
}
