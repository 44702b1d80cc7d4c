import MilterFilterFixtures
import MilterKit
import Testing

private final class Nothing: AsyncMilter {}

private final class Everything: AsyncMilter {
  override func negotiate(
    _ offered: MilterOptions, _ options: inout MilterOptions
  ) async throws -> Status { .continue }
  override func connect(_ host: String, _ address: MilterAddress?) async throws -> Status {
    .continue
  }
  override func helo(_ host: String) async throws -> Status { .continue }
  override func envfrom(_ sender: String, _ args: [String]) async throws -> Status { .continue }
  override func envrcpt(_ recipient: String, _ args: [String]) async throws -> Status { .continue }
  override func data() async throws -> Status { .continue }
  override func unknown(_ command: String) async throws -> Status { .continue }
  override func header(_ name: String, _ value: String) async throws -> Status { .continue }
  override func eoh() async throws -> Status { .continue }
  override func body(_ chunk: [UInt8]) async throws -> Status { .continue }
  override func eom() async throws -> Status { .continue }
  override func abort() async {}
  override func close() async {}
}

private class Base: AsyncMilter {
  override func eom() async throws -> Status { .accept }
}
private class Middle: Base {
  var state = 0
}
private final class Leaf: Middle {
  override func envrcpt(_ recipient: String, _ args: [String]) async throws -> Status { .continue }
}

private final class CallsSuper: AsyncMilter {
  override func envfrom(_ sender: String, _ args: [String]) async throws -> Status {
    try await super.envfrom(sender, args)
  }
}

private final class DoesNotThrow: AsyncMilter {
  override func data() async -> Status { .continue }
}

private final class Generic<Value>: AsyncMilter {
  var value: Value?
  override func body(_ chunk: [UInt8]) async throws -> Status { .skip }
}

private final class OfHelo: AsyncHeloFilter {
  override func eoh() async throws -> Status { .continue }
}

private final class OfGeneric: AsyncGenericFilter<Int> {
  override func data() async throws -> Status { .continue }
}

private final class ByHand: AsyncMilter {
  override class var callbacks: MilterCallbacks { [.header] }
  override func eom() async throws -> Status { .continue }
}

/// Run these tests in debug and release builds: the optimizer may lay out and merge methods
/// differently.
@Suite struct AsyncCallbackProbeTests {
  @Test func `A filter without overrides has no callbacks`() {
    #expect(Nothing.callbacks == [])
    #expect(AsyncMilter.callbacks == [])
  }

  @Test func `Every callback is found`() {
    #expect(Everything.callbacks == .all)
  }

  @Test func `Overrides of all classes in between count`() {
    #expect(Base.callbacks == [.eom])
    #expect(Middle.callbacks == [.eom])
    #expect(Leaf.callbacks == [.eom, .envrcpt])
  }

  @Test func `An override that only calls super counts`() {
    #expect(CallsSuper.callbacks == [.envfrom])
  }

  @Test func `An override that does not throw counts`() {
    #expect(DoesNotThrow.callbacks == [.data])
  }

  @Test func `Generic classes are found`() {
    #expect(Generic<String>.callbacks == [.body])
    #expect(Generic<Int>.callbacks == [.body])
    #expect(AsyncGenericFilter<[String]>.callbacks == [.header])
  }

  @Test func `Classes of other modules are found`() {
    #expect(AsyncHeloFilter.callbacks == [.helo])
    #expect(OfHelo.callbacks == [.helo, .eoh])
    #expect(OfGeneric.callbacks == [.header, .data])
  }

  @Test func `Callbacks can be named by hand`() {
    #expect(ByHand.callbacks == [.header])
  }
}
