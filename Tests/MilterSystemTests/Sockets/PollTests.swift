import MilterPlatform
import MilterSystem
import Testing

@Suite(.timeLimit(.minutes(15)))
struct PollTests {
  @Test
  func `A wait that times out returns nothing`() throws {
    let (near, far) = try Socket.socketPair()
    defer { far.close() }
    #expect(try Poll.wait(near.descriptor, .readable, milliseconds: 0) == [])
    #expect(try Poll.wait(near.descriptor, .readable, milliseconds: 1) == [])
    #expect(try Poll.wait(near.descriptor, .readable, milliseconds: -5) == [])
  }

  @Test
  func `A wait returns the requested events`() throws {
    let (near, far) = try Socket.socketPair()
    #expect(try Poll.wait(near.descriptor, .writable, milliseconds: nil) == .writable)
    try far.write("x")
    let both: Poll.Events = [.readable, .writable]
    #expect(try Poll.wait(near.descriptor, both, milliseconds: nil) == both)
    #expect(try Poll.wait(near.descriptor, .readable, milliseconds: nil) == .readable)
  }

  @Test
  func `A hang-up is noticed without a read`() throws {
    let (near, far) = try Socket.socketPair()
    far.close()
    #expect(try Poll.wait(near.descriptor, [], milliseconds: nil).contains(.hangup))
  }

  @Test(arguments: [-1, Int32.max])
  func `A descriptor that is not open is an error, not a wait`(descriptor: Int32) throws {
    let error = #expect(throws: SocketError.self) {
      try Poll.wait(descriptor, .readable, milliseconds: 0)
    }
    #expect(error?.underlying == .badFileDescriptor)
  }
}
