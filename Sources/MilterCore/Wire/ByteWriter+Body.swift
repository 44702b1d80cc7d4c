extension ByteWriter {
  /// Appends a new body in frames of a size; an empty one as an empty frame.
  mutating func append(body: RawSpan, in size: Int) {
    var rest = body
    repeat {
      let chunk = rest.extracting(first: size)
      frame(FilterReplyCode.replacebody.rawValue) { $0.append(chunk) }
      rest = rest.extracting(droppingFirst: chunk.byteCount)
    } while !rest.isEmpty
  }

  /// The size, header included, of the frame that begins at an offset.
  func frameSize(at offset: Int) -> Int {
    4 + storage[offset..<offset + 4].reduce(0) { $0 << 8 | Int($1) }
  }

  /// Takes the first byte of a body, as a frame by itself.
  ///
  /// - Returns: the frame; nil if there are no frames.
  package mutating func takeBodyPiece() -> [UInt8]? {
    guard !isEmpty else { return nil }
    let size = frameSize(at: 0)
    guard size > WireLimits.headerSize + 1 else {
      defer { removeFirst(size) }
      return Array(storage[..<size])
    }
    var piece = ByteWriter()
    piece.frame(storage[4]) { $0.append(storage[WireLimits.headerSize]) }
    // The rest of the frame gets its header one byte further on.
    var header = ByteWriter()
    header.append32(UInt32(size - 5))
    header.append(storage[4])
    removeFirst(1)
    overwriteFirst(with: header.bytes)
    return piece.bytes
  }
}
