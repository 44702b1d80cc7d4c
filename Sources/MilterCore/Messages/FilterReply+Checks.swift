extension FilterReply {
  /// Checks the arguments of an action: empty strings, NUL, and the packet's size.
  package func check(maximumPayload: Int) throws(MilterError) {
    var size = 0
    switch self {
    case .addheader(let name, let value):
      try check(name, "name")
      size = try checkNUL(name) + checkNUL(value)
    case .insheader(let index, let name, let value), .chgheader(let index, let name, let value):
      guard index <= Int32.max else {
        throw MilterError(.invalidArgument, "\(code): the index \(index) is too large")
      }
      try check(name, "name")
      size = try 4 + checkNUL(name) + checkNUL(value)
    case .chgfrom(let address, let arguments), .addrcptPar(let address, let arguments):
      try check(address, "address")
      size = try checkNUL(address)
      if let arguments { size += try checkNUL(arguments) }
    case .addrcpt(let address), .delrcpt(let address):
      try check(address, "address")
      size = try checkNUL(address)
    case .quarantine(let reason):
      try check(reason, "reason")
      size = try checkNUL(reason)
    case .negotiate, .continue, .accept, .reject, .tempfail, .discard, .skip, .replycode,
      .progress, .shutdown, .connectionFailure, .replacebody:
      break
    }
    guard size <= maximumPayload else {
      throw MilterError(
        .invalidArgument,
        "\(code): \(size) bytes do not fit into one packet of \(maximumPayload)")
    }
  }

  private func check(_ string: [UInt8], _ what: String) throws(MilterError) {
    guard !string.isEmpty else {
      throw MilterError(.invalidArgument, "\(code): the \(what) is empty")
    }
  }

  /// The number of bytes of a string in a packet.
  private func checkNUL(_ string: [UInt8]) throws(MilterError) -> Int {
    guard CLibrary.firstNUL(in: string.span, from: 0) == nil else {
      throw MilterError(.invalidArgument, "\(code): an argument contains NUL")
    }
    return string.count + 1
  }
}
