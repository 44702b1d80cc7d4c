import MilterCore
import MilterSystem

extension MilterMessage {
  /// The body of a message: everything after the header, with CR LF at the end of each line.
  ///
  /// A body of up to 256 KiB is in memory. A larger one is in a file without a name, which no other process can
  /// open. Copies of the value share it. A body is never incomplete: ``MessageMilter/message(_:)`` is not
  /// called for a body that is larger than the filter's ``MessageMilter/messageLimit`` or that could not be
  /// kept.
  public struct Body: Sendable {
    enum Content: Sendable {
      case memory([UInt8])
      case file(SpoolFile, count: Int)
      /// The body could not be kept.
      case failed(FileError)
      /// The filter does not request bodies.
      case absent
    }

    let content: Content
    /// Whether the filter has replaced the original body.
    let isNew: Bool
    private let traits: MTATraits

    init(_ content: Content, isNew: Bool = false, traits: MTATraits) {
      self.content = content
      self.isNew = isNew
      self.traits = traits
    }

    /// The number of bytes; 0 if the filter does not request bodies or the body could not be kept.
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

    /// A stream of the body from its start, for a body that need not be in memory.
    ///
    /// ```swift
    /// func send(_ body: MilterMessage.Body, to scanner: (RawSpan) throws -> Void) throws {
    ///   var reader = body.reader
    ///   while let chunk = try reader.next() { try scanner(chunk.span.bytes) }
    /// }
    /// ```
    public var reader: Reader { Reader(content) }

    /// Replaces the body with other bytes.
    ///
    /// LF becomes CR LF, and a missing line end is added after the last line, as MTAs do.
    /// - Parameter bytes: The new body; may be empty.
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

    /// Whether the body has these bytes, as far as this can be determined.
    private func holds(_ bytes: [UInt8]) -> Bool {
      var reader = reader
      var rest = bytes[...]
      do {
        while let piece = try reader.next() {
          guard rest.starts(with: piece) else { return false }
          rest = rest.dropFirst(piece.count)
        }
      } catch {
        // The body is missing, or cannot be read.
        return false
      }
      return rest.isEmpty
    }

    /// Replaces the body with text, in UTF-8.
    ///
    /// - Throws: ``/MilterCore/MilterError`` if the change was not negotiated.
    public mutating func replace(with text: String) throws(MilterError) {
      try replace(with: text.utf8)
    }

    /// Reads a body in chunks.
    public struct Reader: Sendable {
      private let content: Content
      private var offset = 0

      /// The size of a chunk.
      private static let size = 64 * 1024

      init(_ content: Content) { self.content = content }

      /// Returns the next chunk of at most 64 KiB; `nil` after the last one.
      ///
      /// - Throws: The same errors as ``MilterMessage/Body/bytes``.
      public mutating func next() throws -> [UInt8]? {
        let piece: [UInt8]
        switch content {
        case .memory(let bytes):
          // Most bodies have one chunk.
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
