import MilterFilterFixtures
import MilterKit
import Testing

private final class Nothing: Milter {}

private final class Everything: Milter {
  override func negotiate(
    _ offered: MilterOptions, _ options: inout MilterOptions
  ) throws -> Status { .continue }
  override func connect(_ host: String, _ address: MilterAddress?) throws -> Status { .continue }
  override func helo(_ host: String) throws -> Status { .continue }
  override func envfrom(_ sender: String, _ args: [String]) throws -> Status { .continue }
  override func envrcpt(_ recipient: String, _ args: [String]) throws -> Status { .continue }
  override func data() throws -> Status { .continue }
  override func unknown(_ command: String) throws -> Status { .continue }
  override func header(_ name: String, _ value: String) throws -> Status { .continue }
  override func eoh() throws -> Status { .continue }
  override func body(_ chunk: RawSpan) throws -> Status { .continue }
  override func eom() throws -> Status { .continue }
  override func abort() {}
  override func close() {}
}

private class Base: Milter {
  override func eom() throws -> Status { .accept }
}
private class Middle: Base {
  var state = 0
}
private final class Leaf: Middle {
  override func envrcpt(_ recipient: String, _ args: [String]) throws -> Status { .continue }
}

private final class CallsSuper: Milter {
  override func envfrom(_ sender: String, _ args: [String]) throws -> Status {
    try super.envfrom(sender, args)
  }
}

private final class DoesNotThrow: Milter {
  override func data() -> Status { .continue }
}

private final class Generic<Value>: Milter {
  var value: Value?
  override func body(_ chunk: RawSpan) throws -> Status { .skip }
}

private final class OfHelo: HeloFilter {
  override func eoh() throws -> Status { .continue }
}

private final class OfGeneric: GenericFilter<Int> {
  override func data() throws -> Status { .continue }
}

private final class ByHand: Milter {
  override class var callbacks: MilterCallbacks { [.header] }
  override func eom() throws -> Status { .continue }
}

/// Run these tests in debug and release builds: the optimizer may lay out and merge methods
/// differently.
@Suite struct CallbackProbeTests {
  @Test func `A filter without overrides has no callbacks`() {
    #expect(Nothing.callbacks == [])
    #expect(Milter.callbacks == [])
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
    #expect(GenericFilter<[String]>.callbacks == [.header])
  }

  @Test func `Classes of other modules are found`() {
    #expect(HeloFilter.callbacks == [.helo])
    #expect(OfHelo.callbacks == [.helo, .eoh])
    #expect(OfGeneric.callbacks == [.header, .data])
  }

  @Test func `Callbacks can be named by hand`() {
    #expect(ByHand.callbacks == [.header])
  }

  @Test(arguments: MilterCallback.allCases)
  func `Steps without a callback are not requested`(_ callback: MilterCallback) {
    let others = MilterCallbacks.all.subtracting(MilterCallbacks(callback))
    #expect(others.notWanted == callback.noFlag)
  }
}
