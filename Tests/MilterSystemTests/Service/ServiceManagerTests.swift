import MilterPlatform
import MilterProcessFixtures
import Testing

@testable import MilterSystem

@Suite(.timeLimit(.minutes(15)))
struct ServiceManagerTests {
  /// An environment.
  private func variables(_ values: [String: String]) -> (String) -> String? { { values[$0] } }

  /// The messages that have arrived at a socket of the manager so far.
  private func messages(_ descriptor: Int32) -> [String] {
    var messages: [String] = []
    var buffer = [UInt8](repeating: 0, count: 256)
    while true {
      let count = recv(descriptor, &buffer, buffer.count, Int32(MSG_DONTWAIT))
      if count < 0 { return messages }
      messages.append(String(decoding: buffer[..<count], as: UTF8.self))
    }
  }

  @Test(arguments: ["path", "abstract name"])
  func `Messages are datagrams to the path`(kind: String) throws {
    let directory = try ScratchDirectory()
    let socket = Socket(owning: try Syscalls.newDatagramSocket())
    let (name, address) =
      kind == "path"
      ? (directory.path(of: "n"), try SocketAddress(path: directory.path(of: "n")))
      : ("@" + directory.path, try SocketAddress(abstract: directory.path))
    try Syscalls.bindTo(socket.descriptor, address)
    let manager = try #require(try ServiceManager(variables(["NOTIFY_SOCKET": name])))
    try manager.tell(.ready)
    try manager.tell(.reloading)
    try manager.tell(.watchdog)
    try manager.tell(.stopping)
    var now = timespec()
    clock_gettime(CLOCK_MONOTONIC, &now)
    let texts = messages(socket.descriptor)
    try #require(texts.count == 4)
    #expect(texts[0] == "READY=1")
    let time = try #require(texts[1].split(separator: "=").last.flatMap { Int($0) })
    #expect(texts[1] == "RELOADING=1\nMONOTONIC_USEC=\(time)")
    #expect((1...now.tv_sec * 1_000_000 + now.tv_nsec / 1000).contains(time))
    #expect(texts[2...] == ["WATCHDOG=1", "STOPPING=1"])
    socket.close()
    // A child process that another test is starting keeps a copy of the socket until it calls exec.
    _ = try poll(for: "the socket to be closed everywhere") {
      do throws(SocketError) { try manager.tell(.ready) } catch {
        if error.underlying == .connectionRefused { return true }
      }
      return nil
    }
  }

  @Test
  func `Without a service manager nothing is sent`() throws {
    #expect(try ServiceManager(variables([:])) == nil)
    #expect(try ServiceManager(variables(["NOTIFY_SOCKET": ""])) == nil)
    let long = String(repeating: "x", count: 200)
    for name in ["@", "@" + long, long] {
      #expect(throws: SocketError(.invalidSpec, "")) {
        try ServiceManager(variables(["NOTIFY_SOCKET": name]))
      }
    }
  }

  @Test
  func `The watchdog is ours if it names no other process`() throws {
    let ours = "\(getpid())"
    let cases: [(time: String?, process: String?, expected: Duration?)] = [
      ("3000000", nil, .seconds(3)), ("3000000", ours, .seconds(3)), ("3000000", "1\(ours)", nil),
      (nil, ours, nil), ("0", nil, nil), ("-5", nil, nil), ("soon", nil, nil),
    ]
    for (time, process, expected) in cases {
      var values = ["NOTIFY_SOCKET": "/nowhere"]
      values["WATCHDOG_USEC"] = time
      values["WATCHDOG_PID"] = process
      #expect(try ServiceManager(variables(values))?.watchdog == expected, "\(values)")
    }
  }

  @Test
  func `Sockets are taken over if they are meant for this process`() {
    let ours = "\(getpid())"
    func descriptors(_ name: String?, _ process: String?, _ count: String?, _ names: String? = nil)
      -> [Int32]
    {
      var values: [String: String] = [:]
      values["LISTEN_PID"] = process
      values["LISTEN_FDS"] = count
      values["LISTEN_FDNAMES"] = names
      return InheritedSockets.descriptors(named: name, variables(values))
    }
    #expect(descriptors(nil, ours, "1") == [3])
    #expect(descriptors(nil, ours, "3", "a:b:a") == [3, 4, 5])
    #expect(descriptors("a", ours, "3", "a:b:a") == [3, 5])
    #expect(descriptors("", ours, "3", "a::b") == [4])
    #expect(descriptors("b", ours, "3", "a") == [])
    #expect(descriptors(nil, "1\(ours)", "1") == [])
    #expect(descriptors(nil, nil, "1") == [])
    #expect(descriptors(nil, ours, nil) == [])
    for count in ["0", "-1", "2147483647", "x"] { #expect(descriptors(nil, ours, count) == []) }
  }
}
