public import CLibmilter
import Glibc
import LibmilterProcess
import MilterKit

// The functions about the library as a whole, by the names that C filters call.

@_cdecl("smfi_register")
public func register(_ description: smfiDesc) -> Int32 {
  guard let filter = CFilter(description) else {
    let version = description.xxfi_version
    DebugLog.failure("smfi_register", Refusal("version \(version) of the interface is not known"))
    return MI_FAILURE
  }
  LibmilterProcess.shared.register { FilterHandler(filter) }
  return MI_SUCCESS
}

@_cdecl("smfi_setconn")
public func setconn(_ socket: UnsafePointer<CChar>?) -> Int32 {
  guard let socket, socket[0] != 0 else { return MI_FAILURE }
  LibmilterProcess.shared.set(socket: String(cString: socket))
  return MI_SUCCESS
}

@_cdecl("smfi_opensocket")
public func opensocket(_ removesSocket: Int32) -> Int32 {
  do {
    // C++ passes a bool, of which only one byte counts.
    try LibmilterProcess.shared.open(replacing: removesSocket & 0xFF != 0)
    return MI_SUCCESS
  } catch {
    DebugLog.failure("smfi_opensocket", error)
    return MI_FAILURE
  }
}

@_cdecl("smfi_setbacklog")
public func setbacklog(_ backlog: Int32) -> Int32 {
  guard backlog > 0 else { return MI_FAILURE }
  LibmilterProcess.shared.set(backlog: Int(backlog))
  return MI_SUCCESS
}

@_cdecl("smfi_settimeout")
public func settimeout(_ seconds: Int32) -> Int32 {
  LibmilterProcess.shared.set(timeout: .seconds(max(1, Int(seconds))))
  return MI_SUCCESS
}

@_cdecl("smfi_setdbg")
public func setdbg(_ level: Int32) -> Int32 {
  LibmilterProcess.shared.set(debugLevel: level)
  return MI_SUCCESS
}

@_cdecl("smfi_setmaxdatasize")
public func setmaxdatasize(_ size: Int) -> Int {
  LibmilterProcess.shared.exchange(maximumPayload: size)
}

@_cdecl("smfi_main")
public func main() -> Int32 {
  do {
    try LibmilterProcess.shared.main()
    return MI_SUCCESS
  } catch {
    DebugLog.failure("smfi_main", error)
    return MI_FAILURE
  }
}

@_cdecl("smfi_stop")
public func stop() -> Int32 {
  LibmilterProcess.shared.stop()
  return MI_SUCCESS
}

@_cdecl("smfi_version")
public func version(
  _ major: UnsafeMutablePointer<UInt32>?, _ minor: UnsafeMutablePointer<UInt32>?,
  _ level: UnsafeMutablePointer<UInt32>?
) -> Int32 {
  major?.pointee = 1
  minor?.pointee = 0
  level?.pointee = 1
  return MI_SUCCESS
}
