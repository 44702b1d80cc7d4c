/// The characters of bytes that should be UTF-8, and the bytes between them that are not.
package struct UTF8Pieces: Sequence, IteratorProtocol {
  /// A part of the bytes.
  package enum Piece {
    /// A character.
    case scalar(Unicode.Scalar)
    /// Bytes that are not UTF-8.
    case invalid(ArraySlice<UInt8>)
  }

  private var rest: ArraySlice<UInt8>
  private var input: ArraySlice<UInt8>.Iterator
  private var parser = Unicode.UTF8.ForwardParser()

  /// Creates the pieces of bytes.
  package init(_ bytes: [UInt8]) {
    rest = bytes[...]
    input = rest.makeIterator()
  }

  /// Returns the next piece; `nil` at the end.
  package mutating func next() -> Piece? {
    switch parser.parseScalar(from: &input) {
    case .valid(let encoded):
      rest.removeFirst(encoded.count)
      return .scalar(UTF8.decode(encoded))
    case .error(let length):
      defer { rest.removeFirst(length) }
      return .invalid(rest.prefix(length))
    case .emptyInput: return nil
    }
  }
}
