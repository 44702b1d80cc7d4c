/// The payload of an option negotiation, in either direction.
///
/// ```
/// O  version(4) actions(4) steps(4)  { stage(4) macros NUL } …
/// ```
///
/// Only a filter sends macro lists. Additional bytes in an MTA's packet are ignored, as by libmilter.
public struct MilterNegotiation: Hashable, Sendable {
  /// The macros that the filter requests at one stage.
  public struct MacroList: Hashable, Sendable {
    /// The stage.
    public var stage: MilterStage
    /// The names of the macros, separated by spaces; empty for no macros.
    public var macros: [UInt8]

    /// Creates a list.
    public init(stage: MilterStage, macros: [UInt8]) {
      self.stage = stage
      self.macros = macros
    }
  }

  /// The version, actions and steps.
  public var options: MilterOptions
  /// The macro lists, in the order of the stages' numbers.
  public var macroLists: [MacroList]

  /// Creates a negotiation.
  public init(options: MilterOptions, macroLists: [MacroList] = []) {
    self.options = options
    self.macroLists = macroLists
  }
}

extension MilterNegotiation {
  /// Reads a payload; `nil` if it is shorter than the three numbers, or if its lists are malformed.
  ///
  /// Bytes after the numbers are read as macro lists. The rest is ignored if `ignoringRest` is true.
  init?(payload: Span<UInt8>, ignoringRest: Bool) {
    guard let version = payload.bigEndian32(at: 0), let actions = payload.bigEndian32(at: 4),
      let steps = payload.bigEndian32(at: 8)
    else { return nil }
    options = MilterOptions(
      version: version, actions: .init(rawValue: actions), steps: .init(rawValue: steps))
    macroLists = []
    var next = 12
    while next < payload.count {
      guard let number = payload.bigEndian32(at: next), let stage = MilterStage(rawValue: number),
        let macros = payload.cString(at: next + 4)
      else {
        if ignoringRest { return }
        return nil
      }
      macroLists.append(.init(stage: stage, macros: payload.bytes(in: macros)))
      next = macros.upperBound + 1
    }
  }

  /// Writes the payload.
  func write(to writer: inout ByteWriter) {
    writer.append32(options.version)
    writer.append32(options.actions.rawValue)
    writer.append32(options.steps.rawValue)
    for list in macroLists {
      writer.append32(list.stage.rawValue)
      writer.append(cString: list.macros)
    }
  }
}
