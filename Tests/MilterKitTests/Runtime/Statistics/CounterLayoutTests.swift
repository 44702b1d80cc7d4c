import MilterCore
import Testing

@testable import MilterRuntime

@Suite struct CounterLayoutTests {
  @Test func `Each counter has its own place`() {
    var places = CounterLayout.Single.allCases.map(\.rawValue)
    places += MilterStatistics.ErrorKind.allCases.map { CounterLayout.place(of: $0) }
    for callback in MilterCallback.allCases {
      places += MilterStatus.allCases.map { CounterLayout.place(of: callback, $0) }
    }
    #expect(Set(places).count == places.count)
    #expect(places.allSatisfy { $0 < CounterLayout.count(timesCallbacks: false) })
    for callback in MilterCallback.allCases {
      places += (0...MilterHistogram.nanoseconds.count).map {
        CounterLayout.place(of: callback, bucket: $0)
      }
      places.append(CounterLayout.placeOfSum(callback))
    }
    #expect(Set(places).count == places.count)
    #expect(places.allSatisfy { $0 < CounterLayout.count(timesCallbacks: true) })
  }
}
