/// The words of a class's metadata, as many as the class that declares the callbacks has.
///
/// `@unchecked Sendable`: metadata is never changed once a class can be named.
struct MethodTable: @unchecked Sendable {
  private let start: UnsafeRawPointer
  let indices: Range<Int>

  init(of type: MilterBase.Type, indices: Range<Int>) {
    start = unsafeBitCast(type, to: UnsafeRawPointer.self)
    self.indices = indices
  }

  init(of type: MilterBase.Type, as baseType: MilterBase.Type) {
    // Swift's ABI document, "Class Metadata": after the two words of every class (and three more
    // with Objective-C) come flags, instance address point, instance size (4 bytes each), alignment
    // and a reserved field (2 each), then class size and class address point (4 each).
    #if canImport(ObjectiveC)
      let sizeField = 5 * MemoryLayout<UInt>.size + 16
    #else
      let sizeField = 2 * MemoryLayout<UInt>.size + 16
    #endif
    let base = unsafeBitCast(baseType, to: UnsafeRawPointer.self)
    let size = Int(base.load(fromByteOffset: sizeField, as: UInt32.self))
    let addressPoint = Int(base.load(fromByteOffset: sizeField + 4, as: UInt32.self))
    // A size that cannot be one leaves no place to be found, and every callback is wanted.
    let isPlausible = addressPoint < size && size < 64 * 1024
    self.init(
      of: type, indices: 0..<(isPlausible ? (size - addressPoint) / MemoryLayout<UInt>.size : 0))
  }

  subscript(index: Int) -> UInt {
    start.load(fromByteOffset: index * MemoryLayout<UInt>.size, as: UInt.self)
  }
}
