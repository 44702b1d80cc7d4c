import MilterMTA
import Testing

@Suite struct MTAVersionTests {
  @Test func `Versions are compared by their numbers`() throws {
    let order = ["2.11.3", "3.7", "3.7.11", "3.9.0", "3.10.7", "3.10.13", "3.12-20260821"]
    let versions = try order.map { try #require(MTAVersion($0)) }
    #expect(versions.shuffled().sorted() == versions)
    #expect(versions.map(\.text) == order)
    #expect(versions.last?.series == "3.12")
    #expect(MTAVersion("8.17.1.9") < "8.17.2")
    #expect(MTAVersion("3.9") >= "3.9")
  }

  @Test(arguments: ["", "3", "3.", "Postfix 3.7", "3..7", ".7"])
  func `Text that is not a version is refused`(text: String) {
    #expect(MTAVersion(text) == nil)
  }
}
