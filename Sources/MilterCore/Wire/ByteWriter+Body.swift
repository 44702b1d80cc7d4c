extension ByteWriter {
  /// Appends a new body in frames of a size; an empty body as an empty frame.
  mutating func append(body: RawSpan, in size: Int) {
    var rest = body
    repeat {
      let chunk = rest.extracting(first: size)
      frame(FilterReplyCode.replacebody.rawValue) { $0.append(chunk) }
      rest = rest.extracting(droppingFirst: chunk.byteCount)
    } while !rest.isEmpty
  }

  /// Returns the size of the frame at an offset, including its header.
  func frameSize(at offset: Int) -> Int {
    4 + storage[offset..<offset + 4].reduce(0) { $0 << 8 | Int($1) }
  }

  /// Removes the first byte of a body, and returns it as a frame.
  ///
  /// - Returns: The frame; `nil` if there are no frames.
  package mutating func takeBodyPiece() -> [UInt8]? {
    guard !isEmpty else { return nil }
    let size = frameSize(at: 0)
    guard size > WireLimits.headerSize + 1 else {
      defer { removeFirst(size) }
      return Array(storage[..<size])
    }
    var piece = ByteWriter()
    piece.frame(storage[4]) { $0.append(storage[WireLimits.headerSize]) }
    // The header of the remaining frame moves by one byte.
    var header = ByteWriter()
    header.append32(UInt32(size - 5))
    header.append(storage[4])
    removeFirst(1)
    overwriteFirst(with: header.bytes)
    return piece.bytes
  }
}
