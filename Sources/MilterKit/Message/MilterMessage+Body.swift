import MilterCore
import MilterSystem

extension MilterMessage {
  /// The body of a message: all that follows the header, its lines ended by CR LF.
  ///
  /// Up to 256 KiB it is in memory, beyond that in a file that has no name and that nobody else can open.
  /// A copy of the value shares it. A body is never incomplete: one that is larger than the filter's
  /// ``MessageMilter/messageLimit``, or that could not be kept, is not shown to ``MessageMilter/message(_:)``.
  public struct Body: Sendable {
    enum Content: Sendable {
      case memory([UInt8])
      case file(SpoolFile, count: Int)
      /// It could not be kept.
      case failed(FileError)
      /// The filter does not ask for bodies.
      case absent
    }

    let content: Content
    /// Whether the filter has put it in the place of the one that came.
    let isNew: Bool
    private let traits: MTATraits

    init(_ content: Content, isNew: Bool = false, traits: MTATraits) {
      self.content = content
      self.isNew = isNew
      self.traits = traits
    }

    /// The number of bytes; 0 if the body is not there.
    public var count: Int {
      switch content {
      case .memory(let bytes): bytes.count
      case .file(_, let count): count
      case .failed, .absent: 0
      }
    }

    /// Whether the body has no bytes.
    public var isEmpty: Bool { count == 0 }

    /// All bytes, in memory.
    ///
    /// - Throws: ``/MilterCore/MilterError`` if the filter does not ask for bodies
    ///   (``MessageMilter/needsBody``); `FileError` if the body could not be kept or read.
    public var bytes: [UInt8] {
      get throws {
        if case .memory(let bytes) = content { return bytes }
        var all: [UInt8] = []
        all.reserveCapacity(count)
        var reader = reader
        while let chunk = try reader.next() { all += chunk }
        return all
      }
    }

    /// A stream of the body, from its start; for a body that need not be in memory.
    ///
    /// ```swift
    /// func send(_ body: MilterMessage.Body, to scanner: (RawSpan) throws -> Void) throws {
    ///   var reader = body.reader
    ///   while let chunk = try reader.next() { try scanner(chunk.span.bytes) }
    /// }
    /// ```
    public var reader: Reader { Reader(content) }

    /// Puts other bytes in the place of the body.
    ///
    /// A last line without line end gets one, and LF becomes CR LF: MTAs do the same.
    /// - Parameter bytes: the new body; may be empty.
    /// - Throws: ``/MilterCore/MilterError`` if the change was not negotiated.
    public mutating func replace(with bytes: some Collection<UInt8>) throws(MilterError) {
      try traits.check(.chgbody, "the body")
      var lines: [UInt8] = []
      lines.reserveCapacity(bytes.count + 2)
      var last: UInt8 = 0
      for byte in bytes {
        if byte == 0x0A, last != 0x0D { lines.append(0x0D) }
        lines.append(byte)
        last = byte
      }
      if !lines.isEmpty, last != 0x0A { lines += last == 0x0D ? [0x0A] : [0x0D, 0x0A] }
      if lines.count == count, holds(lines) { return }
      self = Self(.memory(lines), isNew: true, traits: traits)
    }

    /// Whether the body has these bytes, as far as that can be known.
    private func holds(_ bytes: [UInt8]) -> Bool {
      var reader = reader
      var rest = bytes[...]
      do {
        while let piece = try reader.next() {
          guard rest.starts(with: piece) else { return false }
          rest = rest.dropFirst(piece.count)
        }
      } catch {
        // It is not there, or cannot be read.
        return false
      }
      return rest.isEmpty
    }

    /// Puts text, in UTF-8, in the place of the body.
    ///
    /// - Throws: ``/MilterCore/MilterError`` if the change was not negotiated.
    public mutating func replace(with text: String) throws(MilterError) {
      try replace(with: text.utf8)
    }

    /// Reads a body piece by piece.
    public struct Reader: Sendable {
      private let content: Content
      private var offset = 0

      /// The size of a piece.
      private static let size = 64 * 1024

      init(_ content: Content) { self.content = content }

      /// The next piece, of at most 64 KiB; `nil` after the last one.
      ///
      /// - Throws: as ``MilterMessage/Body/bytes``.
      public mutating func next() throws -> [UInt8]? {
        let piece: [UInt8]
        switch content {
        case .memory(let bytes):
          // Most bodies are one piece.
          piece =
            offset == 0 && bytes.count <= Self.size
            ? bytes : Array(bytes.dropFirst(offset).prefix(Self.size))
        case .file(let file, let count):
          piece = try file.read(at: offset, min(Self.size, count - offset))
        case .failed(let error): throw error
        case .absent:
          throw MilterError(
            .wrongTime, "the body was not asked for; needsBody of the filter's class is false")
        }
        offset += piece.count
        return piece.isEmpty ? nil : piece
      }
    }
  }
}
