import MilterPlatform
import Testing

@testable import MilterSystem

@Suite struct SpoolFileTests {
  @Test func `Bytes can be read from any position, and reading past the end fails`() throws {
    let file = try SpoolFile()
    let bytes = (0..<200_000).map { UInt8(truncatingIfNeeded: $0) }
    try file.append(Array(bytes[..<70_000]))
    try file.append(Array(bytes[70_000...]))
    #expect(try file.read(at: 0, 200_000) == bytes)
    #expect(try file.read(at: 69_990, 20) == Array(bytes[69_990..<70_010]))
    #expect(throws: FileError.self) { try file.read(at: 199_999, 2) }
  }
}
