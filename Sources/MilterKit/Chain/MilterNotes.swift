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
/// Each type is a key of its own, whatever its name is.
public protocol MilterNoteKey {
  /// The type of the note.
  associatedtype Value: Sendable
}

/// Notes about a message that the filters of a ``MilterChain`` share; see ``MilterBase/messageNotes``.
///
/// Each message has notes of its own. They may be used from any thread: what a task writes after the message has
/// ended is not seen by the filters of the next one.
public final class MilterNotes: Sendable {
  /// The notes that were written here; nil for one that was deleted.
  private let values = SystemMutex<[ObjectIdentifier: (any Sendable)?]>([:])
  /// The notes that are read where none was written here.
  private let base: MilterNotes?

  /// Makes notes.
  ///
  /// - Parameter base: notes that these begin with, and do not change.
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
