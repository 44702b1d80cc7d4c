import MilterSystem
import Testing

@Suite(.timeLimit(.minutes(15)))
struct ReadinessTests {
  private let readiness: Readiness

  init() throws { readiness = try Readiness() }

  private func take(milliseconds: Int = 0) -> [Int] {
    var tokens: [Int] = []
    let isAny = readiness.take(milliseconds: milliseconds) { tokens.append($0) }
    #expect(isAny == !tokens.isEmpty)
    return tokens.sorted()
  }

  @Test
  func `An event is reported once, until it is requested again`() throws {
    let (near, far) = try Socket.socketPair()
    try readiness.wait(for: .readable, of: near.descriptor, token: 7)
    #expect(take() == [])
    try far.write("x")
    #expect(take(milliseconds: 60_000) == [7])
    try far.write("y")
    #expect(take() == [])
    try readiness.wait(for: .readable, of: near.descriptor, token: -8)
    #expect(take() == [-8])
  }

  @Test
  func `A wait for space to write replaces the wait for bytes`() throws {
    let (near, far) = try Socket.socketPair()
    try readiness.wait(for: .readable, of: near.descriptor, token: 1)
    try readiness.wait(for: .writable, of: near.descriptor, token: 2)
    #expect(take() == [2])
    try readiness.wait(for: .writable, of: near.descriptor, token: 3)
    try readiness.wait(for: .readable, of: near.descriptor, token: 4)
    #expect(take() == [])
    try far.write("x")
    #expect(take() == [4])
  }

  @Test(arguments: [true, false])
  func `The end of the stream is readable, and writing then fails`(isForReading: Bool)
    throws
  {
    let (near, far) = try Socket.socketPair()
    far.close()
    let event = isForReading ? Readiness.Event.readable : .writable
    try readiness.wait(for: event, of: near.descriptor, token: 1)
    #expect(take(milliseconds: 60_000) == [1])
  }

  @Test
  func `The descriptor of the list can itself be waited for`() throws {
    let (near, far) = try Socket.socketPair()
    try readiness.wait(for: .readable, of: near.descriptor, token: 1)
    #expect(try Poll.wait(readiness.descriptor, .readable, milliseconds: 0) == [])
    try far.write("x")
    #expect(try Poll.wait(readiness.descriptor, .readable, milliseconds: nil) == .readable)
    #expect(take() == [1])
    #expect(try Poll.wait(readiness.descriptor, .readable, milliseconds: 0) == [])
  }

  @Test
  func `Events above the maximum of one call come with the next`() throws {
    let pairs = try (0..<200).map { _ in try Socket.socketPair() }
    for (token, (near, far)) in pairs.enumerated() {
      try readiness.wait(for: .readable, of: near.descriptor, token: token)
      try far.write("x")
    }
    var tokens: [Int] = []
    while readiness.take(milliseconds: 0, { tokens.append($0) }) {}
    #expect(tokens.sorted() == Array(0..<200))
    for (near, _) in pairs { near.close() }
  }

  @Test
  func `Neither a closed descriptor is reported, nor the next one with its number`() async {
    // In a process without children: a child that is being started has a copy of the descriptor.
    await #expect(processExitsWith: .success) {
      let tests = try ReadinessTests()
      let (near, far) = try Socket.socketPair()
      try tests.readiness.wait(for: .readable, of: near.descriptor, token: 1)
      try far.write("x")
      near.close()
      #expect(tests.take() == [])
      let (next, other) = try Socket.socketPair()
      try other.write("x")
      #expect(tests.take() == [])
      try tests.readiness.wait(for: .readable, of: next.descriptor, token: 2)
      #expect(tests.take() == [2])
    }
  }

  @Test
  func `A descriptor that is not open is an error`() throws {
    #expect(throws: SocketError.self) {
      try readiness.wait(for: .readable, of: Int32.max, token: 1)
    }
  }
}
