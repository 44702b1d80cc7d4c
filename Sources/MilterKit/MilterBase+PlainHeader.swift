import MilterCore
import MilterRuntime

/// A fast path for the usual header field, which has an allowed name and a value without control characters.
///
/// ``addheader(_:_:)-(_,Collection<UInt8>)`` does the same with four times as many instructions.
extension MilterBase {
  /// Adds a header field, if it is one of the usual ones and the message may be changed.
  ///
  /// - Returns: Whether it did. If not, the general path adds the field or throws the error.
  final func addheaderPlainly(_ name: String, _ value: some Collection<UInt8>) throws -> Bool {
    guard !changesValues, !fakesLeadingSpace, let context, !context.isAnswered else { return false }
    return try name.utf8.withContiguousStorageIfAvailable { name in
      try value.withContiguousStorageIfAvailable { value in
        guard HeaderText.isName(name.span), HeaderText.isPlain(value.span) else { return false }
        return try context.addPlainly(header: name.span, value.span)
      } ?? false
    } ?? false
  }
}
