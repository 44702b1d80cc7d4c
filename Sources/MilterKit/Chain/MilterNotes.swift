import Synchronization

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
/// May be used from any thread.
public final class MilterNotes: Sendable {
  private let values = Mutex<[ObjectIdentifier: any Sendable]>([:])

  init() {}

  /// The note of a key, or `nil`.
  public subscript<Key: MilterNoteKey>(key: Key.Type) -> Key.Value? {
    get { values.withLock { $0[ObjectIdentifier(key)] } as? Key.Value }
    set { values.withLock { $0[ObjectIdentifier(key)] = newValue } }
  }

  /// The note of a key, or a default value.
  public subscript<Key: MilterNoteKey>(
    key: Key.Type, default value: @autoclosure () -> Key.Value
  ) -> Key.Value {
    get { self[key] ?? value() }
    set { self[key] = newValue }
  }

  /// Forgets all notes.
  func removeAll() { values.withLock { $0 = [:] } }
}
