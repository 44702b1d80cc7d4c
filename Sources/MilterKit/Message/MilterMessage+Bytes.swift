extension MilterMessage {
  /// The whole message, byte for byte as the MTA has it: header fields, an empty line, and the body,
  /// lines ended by CR LF.
  ///
  /// - Parameter withReceived: whether a `Received` field, made from the macros, stands first. The MTA
  ///   itself writes one, which filters are not shown; virus and spam scanners want it.
  /// - Returns: the message with the changes made so far.
  /// - Throws: as ``Body/bytes``.
  public func bytes(withReceived: Bool = false) throws -> [UInt8] {
    var bytes = headerBytes(withReceived: withReceived)
    bytes.reserveCapacity(bytes.count + body.count)
    var reader = body.reader
    while let chunk = try reader.next() { bytes += chunk }
    return bytes
  }

  /// The header as ``bytes(withReceived:)`` has it, with the empty line after it.
  ///
  /// Follow it with the pieces of ``Body/reader`` to pass on a message that need not be in memory.
  public func headerBytes(withReceived: Bool = false) -> [UInt8] {
    var bytes = withReceived ? ReceivedField(self).bytes : []
    bytes.reserveCapacity(headers.reduce(bytes.count + 2) { $0 + $1.content.count + 8 })
    for field in headers { field.append(to: &bytes) }
    bytes += [0x0D, 0x0A]
    return bytes
  }
}
