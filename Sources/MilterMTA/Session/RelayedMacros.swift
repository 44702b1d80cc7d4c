package import MilterCore

/// The macros that an MTA has sent, for filters behind a chain or a relay.
package struct RelayedMacros: Sendable {
  /// The macros of a stage.
  package struct Packet: Sendable {
    fileprivate let stage: MilterStage
    /// The names and values as the MTA has sent them, each with a NUL.
    private let strings: [UInt8]
    /// The names and values that a filter without a list gets.
    fileprivate let usual: [UInt8]

    /// Creates a packet.
    ///
    /// - Parameters:
    ///   - stage: The stage.
    ///   - strings: The names and values as the MTA has sent them, each with a NUL.
    ///   - defaults: The names that a filter without a list gets; `nil` for all names.
    package init(_ stage: MilterStage, strings: [UInt8], defaults: [[UInt8]]?) {
      self.stage = stage
      self.strings = strings
      usual = defaults.map { Self.strings(strings, named: $0) } ?? strings
    }

    /// The names and values that a filter with a list gets.
    fileprivate func strings(in list: [UInt8]) -> [UInt8] {
      Self.strings(strings, named: MTAMacros.names(list))
    }

    private static func strings(_ strings: [UInt8], named names: [[UInt8]]) -> [UInt8] {
      let span = strings.span
      var kept: [UInt8] = []
      var start = 0
      while let name = span.cString(at: start) {
        let end = (span.cString(at: name.upperBound + 1) ?? name).upperBound + 1
        if names.contains(MTAMacros.canonical(span.bytes(in: name))) {
          kept += strings[start..<end]
        }
        start = end
      }
      return kept
    }
  }

  /// The macros of each stage.
  package var packets: [Packet] = []
  /// Whether an empty list of a filter is ignored.
  package var ignoresEmptyLists = false

  /// Creates an empty value.
  package init() {}

  /// Writes the macros of a stage as far as a filter would have got them from the other MTA.
  ///
  /// - Parameters:
  ///   - stage: The stage.
  ///   - lists: The lists that the filter has requested.
  ///   - output: The buffer for the macros, if there was a packet.
  func write(
    before stage: MilterStage, _ lists: [MilterNegotiation.MacroList], to output: inout ByteWriter
  ) {
    guard let packet = packets.first(where: { $0.stage == stage }) else { return }
    let list = lists.last { $0.stage == stage }?.macros
    let isIgnored = ignoresEmptyLists && list?.isEmpty == true
    let strings = (isIgnored ? nil : list).map { packet.strings(in: $0) } ?? packet.usual
    output.frame(MTACommandCode.macro.rawValue) { output in
      output.append(stage.owner.rawValue)
      unsafe output.append(strings.span.bytes)
    }
  }
}
