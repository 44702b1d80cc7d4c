import MilterSystem

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
