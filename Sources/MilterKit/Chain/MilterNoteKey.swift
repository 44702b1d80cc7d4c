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
