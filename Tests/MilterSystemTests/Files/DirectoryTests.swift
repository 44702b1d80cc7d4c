import Foundation
import MilterProcessFixtures
import MilterSystem
import Testing

/// Directories, and the attributes of files.
@Suite struct DirectoryTests {
  @Test func `A temporary directory is new, and private to its user`() throws {
    let paths = try (0..<2).map { _ in try Directory.makeTemporary("/tmp/swift-milter-directory") }
    defer { for path in paths { Directory.remove(path) } }
    #expect(paths[0] != paths[1])
    let status = try FileStatus(FilePath(paths[0]))
    #expect(status.kind == .directory)
    #expect(status.mode == 0o700)
    #expect(status.owner == geteuid())
  }

  @Test func `A temporary directory in a missing directory is an error with a code`() {
    #expect {
      try Directory.makeTemporary("/nonexistent/x")
    } throws: { ($0 as? FileError)?.code == .noSuchFile }
  }

  @Test func `A directory is read and removed with its files`() throws {
    let path = try Directory.makeTemporary("/tmp/swift-milter-directory")
    try FileContents.write([], to: "\(path)/a")
    try FileContents.write([], to: "\(path)/.b")
    #expect(try Set(Directory.names(in: FilePath(path)).map(\.text)) == ["a", ".b"])
    Directory.remove(path)
    #expect { try FileStatus(FilePath(path)) } throws: {
      ($0 as? FileError)?.code == .noSuchFile
    }
  }

  @Test func `A directory is removed with its subdirectories, but links in it are not followed`()
    throws
  {
    let directory = try ScratchDirectory()
    let file = try directory.write("abc", to: "folder/file")
    let path = directory.path(of: "tree")
    for name in ["", "/a", "/a/b"] { try Directory.make(path + name) }
    try FileContents.write([], to: "\(path)/a/b/file")
    for (name, target) in [("file", file), ("folder", directory.path(of: "folder"))] {
      try FileManager.default.createSymbolicLink(
        atPath: "\(path)/a/\(name)", withDestinationPath: target)
    }
    Directory.remove(path)
    #expect(try directory.names() == ["folder"])
    #expect(try directory.text("folder/file") == "abc")
  }

  @Test func `Of a link to a directory, only the link is removed`() throws {
    let directory = try ScratchDirectory()
    try directory.write("abc", to: "folder/file")
    try FileManager.default.createSymbolicLink(
      atPath: directory.path(of: "link"), withDestinationPath: directory.path(of: "folder"))
    Directory.remove(directory.path(of: "link"))
    #expect(try directory.names() == ["folder"])
    #expect(try directory.names(in: "folder") == ["file"])
  }

  @Test func `An existing directory is not created again, and a wrong one is an error`() throws {
    let directory = try ScratchDirectory()
    try Directory.make(directory.path(of: "new"))
    try Directory.make(directory.path(of: "new"))
    #expect(try directory.names() == ["new"])
    #expect { try Directory.make(directory.path(of: "none/new")) } throws: {
      ($0 as? FileError)?.code == .noSuchFile
    }
  }

  @Test func `A link is read as the file that it leads to`() throws {
    let directory = try ScratchDirectory()
    let file = try directory.write("abc", to: "file")
    try FileManager.default.createSymbolicLink(
      atPath: directory.path(of: "link"), withDestinationPath: file)
    let link = FilePath(directory.path(of: "link"))
    let status = try FileStatus(link)
    #expect(status == (try FileStatus(FilePath(file))))
    #expect(status.kind == .file)
    #expect(status.size == 3)
    #expect(link.resolved == FilePath(file))
    #expect(FilePath(directory.path(of: "none")).resolved == nil)
  }
}
