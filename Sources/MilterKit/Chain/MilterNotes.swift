import MilterSystem

/// The key of a note about a message, and the type of its value.
///
/// ```swift
/// import MilterKit
///
/// enum SpamScore: MilterNoteKey {
///   typealias Value = Double
/// }
///
/// final class Scorer: Milter {
///   override func body(_ chunk: RawSpan) throws -> Status {
///     messageNotes[SpamScore.self, default: 0] += Double(chunk.byteCount) / 1000
///     return .continue
///   }
/// }
/// ```
///
/// Different types are different keys, even if their names are equal.
public protocol MilterNoteKey {
  /// The type of the note.
  associatedtype Value: Sendable
}

/// Notes about a message that the filters of a ``MilterChain`` share; see ``MilterBase/messageNotes``.
///
/// Each message has separate notes. They may be used from any thread. If a task writes a note after the message
/// has ended, the filters do not see it in the next message.
public final class MilterNotes: Sendable {
  /// The notes that were written here; `nil` for a deleted note.
  private let values = SystemMutex<[ObjectIdentifier: (any Sendable)?]>([:])
  /// The notes to read if a note was not written here.
  private let base: MilterNotes?

  /// Creates notes.
  ///
  /// - Parameter base: Notes that are visible here, and are not changed.
  init(over base: MilterNotes? = nil) { self.base = base }

  /// The note of a key, or `nil`.
  public subscript<Key: MilterNoteKey>(key: Key.Type) -> Key.Value? {
    get {
      guard let own = values.withLock({ $0[ObjectIdentifier(key)] }) else { return base?[key] }
      return own as? Key.Value
    }
    set { values.withLock { $0[ObjectIdentifier(key)] = .some(newValue) } }
  }

  /// The note of a key, or a default value.
  public subscript<Key: MilterNoteKey>(
    key: Key.Type, default value: @autoclosure () -> Key.Value
  ) -> Key.Value {
    get { self[key] ?? value() }
    set { self[key] = newValue }
  }
}
