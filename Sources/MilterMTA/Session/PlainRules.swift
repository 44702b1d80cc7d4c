import MilterCore

/// The behavior toward a filter in the fast path, which depends only on the profile and the negotiated options.
///
/// It is small, so that a step copies no more of the session.
struct PlainRules: Sendable {
  /// The steps that the fast path can perform.
  private(set) var steps: MilterCallbacks = []
  /// The steps that are not sent.
  private(set) var leftOut: MilterCallbacks = []
  /// The steps among them whose macros are sent.
  private(set) var named: MilterCallbacks = []
  /// The steps that have no reply.
  private(set) var unanswered: MilterCallbacks = []
  /// The macros that the filter has requested.
  private(set) var macroLists: [MilterNegotiation.MacroList] = []
  private var maximumPayload = WireLimits.payload64K
  private var chunkSize = WireLimits.payload64K
  private var hasLeadingSpace = false

  /// Creates the rules before the negotiation: the fast path performs no step.
  init() {}

  /// Creates the rules after the negotiation.
  init(_ profile: MTAProfile, _ negotiated: MilterNegotiation, maximumPayload: Int, chunkSize: Int)
  {
    guard profile.dialect == .complete else { return }
    let options = negotiated.options
    for callback in MilterCallback.allCases {
      if options.steps.leavesOut(callback) { leftOut.insert(.init(callback)) }
      if options.steps.hasNoReply(callback) { unanswered.insert(.init(callback)) }
    }
    named = leftOut.intersection(profile.macros.unwantedSteps)
    steps = [.connect, .header, .eoh]
    // The general way sends the abort before HELO and after the end.
    if profile.aborts != .always { steps.formUnion([.helo, .eom]) }
    if profile.bracketsAddresses, !profile.addressHasArguments {
      steps.formUnion([.envfrom, .envrcpt])
    }
    if options.version >= 4 { steps.insert(.data) }
    if !profile.endsWithBody { steps.insert(.body) }
    macroLists = negotiated.macroLists
    self.maximumPayload = maximumPayload
    self.chunkSize = chunkSize
    hasLeadingSpace = options.steps.contains(.hdrLeadspc)
  }

  /// Writes the command of a step, if its strings fit into a packet as they are.
  ///
  /// - Returns: Whether they fit. If not, the contents of `output` are meaningless.
  func write(_ step: MTAStep, to output: inout ByteWriter) -> Bool {
    let code = step.code.rawValue
    switch step {
    case .connect(let host, let address):
      guard isFit(host) else { return false }
      MTACommand.connect(host: host, address: address).write(to: &output)
    case .helo(let name):
      guard isFit(name) else { return false }
      output.frame(code) { $0.append(string: name) }
    case .mail(let path), .rcpt(let path):
      guard isFit(path.address), path.arguments.allSatisfy(isFit) else { return false }
      output.frame(code) { output in
        output.append(string: path.address)
        for argument in path.arguments { output.append(string: argument) }
      }
    case .header(let header):
      let size = header.name.count + header.value.count
      guard !header.name.isEmpty, size < maximumPayload - 4, !hasNUL(header.name),
        !hasNUL(header.value)
      else { return false }
      output.frame(code) { output in
        output.append(string: header.name)
        if hasLeadingSpace, header.separator.last == 0x20 { output.append(0x20) }
        output.append(string: header.value)
      }
    case .body(let bytes):
      guard !bytes.isEmpty, bytes.count <= chunkSize else { return false }
      output.frame(code) { unsafe $0.append(bytes.span.bytes) }
    default: output.frame(code)
    }
    return true
  }

  /// Whether a string fits into a packet as it is.
  private func isFit(_ string: [UInt8]) -> Bool {
    string.count <= MTASession.stringLimit && !hasNUL(string)
  }

  private func hasNUL(_ string: [UInt8]) -> Bool { string.span.cString(at: 0) != nil }
}

extension ByteWriter {
  /// Appends a string and a NUL, without the generic code of ``append(cString:)``.
  fileprivate mutating func append(string: [UInt8]) {
    unsafe append(string.span.bytes)
    append(0)
  }
}
