import MilterPlatform
import MilterProcessFixtures
import Testing

@testable import MilterSystem

@Suite(.timeLimit(.minutes(15)))
struct ProcessCredentialsTests {
  @Test
  func `A user is found by name and by number, with its own group unless another is given`() throws
  {
    let root = try ProcessCredentials(parsing: "root")
    #expect(root.userName == "root")
    #expect(root.user == 0)
    #expect(root.group == 0)
    #expect(try ProcessCredentials(parsing: "0") == root)
    #expect(try ProcessCredentials(parsing: "root:54321").group == 54321)
    #expect(try ProcessCredentials(user: "root", group: "0") == root)
  }

  @Test(arguments: [
    (
      "no-such-user", AccountError.Code.unknownUser,
      "there is no user \"no-such-user\" on this system; write the name of a user, or its number"
    ),
    (
      "root:no-such-group", .unknownGroup,
      "there is no group \"no-such-group\" on this system; write the name of a group, or its "
        + "number"
    ),
    (
      "4294967295", .unknownUser,
      "there is no user \"4294967295\" on this system; write the name of a user, or its number"
    ),
    (
      "", .unknownUser,
      "user \"\": the name of the user is missing; write NAME or NAME:GROUP, for example "
        + "nobody:mail"
    ),
    (
      "root:", .unknownGroup,
      "user \"root:\": the name of the group is missing; write NAME or NAME:GROUP, for example "
        + "nobody:mail"
    ),
  ])
  func `An unknown user is named`(text: String, code: AccountError.Code, message: String) {
    let error = #expect(throws: AccountError.self) { try ProcessCredentials(parsing: text) }
    #expect(error?.code == code)
    #expect(error?.message == message)
  }

  @Test(
    .disabled(
      if: dlsym(nil, "__asan_init") != nil,
      "the leak check cannot look into a process that has become another user"))
  func `Root becomes another user permanently; others are told to start as root`() async {
    await #expect(processExitsWith: .success) {
      let credentials = try ProcessCredentials(parsing: "nobody:54321")
      if geteuid() == 0 {
        try credentials.drop()
        #expect(getuid() == credentials.user)
        #expect(geteuid() == credentials.user)
        #expect(getgid() == 54321)
        #expect(getegid() == 54321)
        var groups = [gid_t](repeating: 0, count: 1024)
        let count = Int(getgroups(Int32(groups.count), &groups))
        #expect(!groups[..<max(count, 0)].contains(0), "root's groups are gone")
        #expect(setuid(0) == -1)
        #expect(throws: Never.self) { try credentials.drop() }
        let error = #expect(throws: AccountError.self) {
          try ProcessCredentials(user: "root").drop()
        }
        #expect(error?.code == .credentials)
      } else {
        let error = #expect(throws: AccountError.self) { try credentials.drop() }
        #expect(error?.code == .credentials)
        #expect(error?.underlying == .notPermitted)
        #expect(error?.message.hasSuffix("; start the program as root") == true)
      }
    }
  }

  @Test(.needsRoot("only root can choose its groups"))
  func `Running as the user already allows no groups but the user's`() async {
    for (number, isRefused) in [(54321, true), (65534, false)] as [(gid_t, Bool)] {
      await #expect(processExitsWith: .success, "group \(number)") {
        [number = number as gid_t, isRefused = isRefused as Bool] in
        let credentials = try ProcessCredentials(parsing: "nobody:65534")
        var groups = [number]
        try #require(setgroups(1, &groups) == 0)
        try #require(setgid(65534) == 0 && setuid(credentials.user) == 0)
        if isRefused {
          let error = #expect(throws: AccountError.self) { try credentials.drop() }
          #expect(
            error?.message == "cannot run as user nobody: cannot set the groups: Operation not "
              + "permitted; start the program as root")
        } else {
          try credentials.drop()
        }
      }
    }
  }

  @Test(.needsRoot("only root can choose its groups"))
  func `Root that stays root loses groups that are not its own`() async {
    await #expect(processExitsWith: .success) {
      var groups: [gid_t] = [0, 54321]
      try #require(setgroups(2, &groups) == 0)
      try ProcessCredentials(parsing: "root").drop()
      #expect(try !Syscalls.supplementaryGroups().contains(54321))
    }
  }

  @Test
  func `Running as the user already needs no privileges`() async {
    await #expect(processExitsWith: .success) {
      let credentials = try ProcessCredentials(
        user: String(getuid()), group: String(getegid()))
      try credentials.drop()
      #expect(getuid() == credentials.user)
    }
  }
}
