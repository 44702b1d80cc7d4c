/// The words of a class's metadata, up to the number of words of the class that declares the callbacks.
///
/// `@unchecked Sendable`: metadata does not change after the class exists.
struct MethodTable: @unchecked Sendable {
  private let start: UnsafeRawPointer
  let indices: Range<Int>

  init(of type: MilterBase.Type, indices: Range<Int>) {
    start = unsafeBitCast(type, to: UnsafeRawPointer.self)
    self.indices = indices
  }

  init(of type: MilterBase.Type, as baseType: MilterBase.Type) {
    // Swift's ABI document, "Class Metadata": the two words of every class (and three more with Objective-C)
    // are followed by flags, instance address point, instance size (4 bytes each), alignment and a reserved
    // field (2 each), class size and class address point (4 each).
    #if canImport(ObjectiveC)
      let sizeField = 5 * MemoryLayout<UInt>.size + 16
    #else
      let sizeField = 2 * MemoryLayout<UInt>.size + 16
    #endif
    let base = unsafeBitCast(baseType, to: UnsafeRawPointer.self)
    let size = Int(base.load(fromByteOffset: sizeField, as: UInt32.self))
    let addressPoint = Int(base.load(fromByteOffset: sizeField + 4, as: UInt32.self))
    // With an impossible size, the table is empty. No callback is found, so all of them count as overridden.
    let isPlausible = addressPoint < size && size < 64 * 1024
    self.init(
      of: type, indices: 0..<(isPlausible ? (size - addressPoint) / MemoryLayout<UInt>.size : 0))
  }

  /// The place of the only word that differs in a table, although it is the same in another one.
  ///
  /// - Parameters:
  ///   - probe: The table of a subclass that overrides one method.
  ///   - control: The table of a subclass that overrides nothing.
  /// - Returns: The place; `nil` if there is no such place, or several.
  func place(differingIn probe: Self, from control: Self) -> Int? {
    let candidates = indices.filter {
      control[$0] == self[$0] && probe[$0] != self[$0] && probe[$0] != 0
    }
    return candidates.count == 1 ? candidates[0] : nil
  }

  subscript(index: Int) -> UInt {
    start.load(fromByteOffset: index * MemoryLayout<UInt>.size, as: UInt.self)
  }
}
