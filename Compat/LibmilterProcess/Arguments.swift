package import MilterCore

/// Arguments of functions, as C passes them.
package enum Arguments {
  /// Returns a position or number of a header field.
  ///
  /// - Throws: `Refusal` if it is negative.
  package static func index(_ number: Int32) throws(Refusal) -> UInt32 {
    guard let index = UInt32(exactly: number) else {
      throw Refusal("the index \(number) is negative")
    }
    return index
  }

  /// Returns the stage of a constant `SMFIM_*`.
  ///
  /// - Throws: `Refusal` if there is no such stage.
  package static func stage(_ number: Int32) throws(Refusal) -> MilterStage {
    guard let stage = UInt32(exactly: number).flatMap(MilterStage.init(rawValue:)) else {
      throw Refusal("there is no stage \(number)")
    }
    return stage
  }
}
