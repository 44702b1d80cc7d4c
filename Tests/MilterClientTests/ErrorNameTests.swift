import MilterClient
import Testing

/// Checks that a client's one import has the names of the errors that public functions throw.
@Suite struct ErrorNameTests {
  @Test func `A specification that cannot be read has the code invalidSpec`() {
    do throws(SocketError) {
      let connection = try FilterConnection(to: "inet:x@y@z")
      Issue.record("connected: \(connection)")
    } catch {
      #expect(error.code == .invalidSpec)
      #expect(error.underlying == nil)
    }
  }

  @Test func `A filter that does not run has the system's error`() {
    do throws(SocketError) {
      let connection = try FilterConnection(to: "unix:/none/filter.sock")
      Issue.record("connected: \(connection)")
    } catch {
      let underlying: Errno? = error.underlying
      #expect(underlying == .noSuchFileOrDirectory)
    }
  }
}
