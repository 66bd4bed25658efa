// SPDX-License-Identifier: Apache-2.0
// SimGate over one connection to gate.sock: a thread receives, callers wait on a condition.
#include "simulators/gate/sim_gate.h"

#include <atomic>
#include <condition_variable>
#include <map>
#include <mutex>
#include <thread>

#include "base/posix/seqpacket.h"

namespace tidegate::sim {

namespace {

namespace protocol = edge::gate_protocol;
using std::chrono::milliseconds;
using Clock = std::chrono::steady_clock;

constexpr milliseconds kReceivePatience{50};
constexpr milliseconds kSendPatience{200};
constexpr milliseconds kRetryPause{20};
constexpr milliseconds kAliveEvery{200};
constexpr milliseconds kHeartbeatLost{500};

/// What one aisle was told.
struct AisleView {
  std::optional<protocol::Display> last;  ///< whatever the display shows now
  std::optional<Seen> decision;           ///< since arm()
  std::optional<protocol::Open> open;     ///< since arm()
};

/// An aisle that closes after a tap takes back nothing of what it said to the passenger.
[[nodiscard]] bool is_decision(const AisleView& view, protocol::Screen screen) noexcept {
  if (screen == protocol::Screen::out_of_service) return !view.decision.has_value();
  return screen != protocol::Screen::ready;
}

class SocketGate final : public SimGate {
 public:
  SocketGate(std::filesystem::path path, posix::SeqpacketSocket socket)
      : path_{std::move(path)},
        socket_{std::make_shared<posix::SeqpacketSocket>(std::move(socket))},
        last_heartbeat_{Clock::now()} {
    thread_ = std::thread{[this] { run(); }};
  }
  ~SocketGate() override {
    stop_.store(true);
    thread_.join();
  }
  SocketGate(const SocketGate&) = delete;
  SocketGate& operator=(const SocketGate&) = delete;

  void arm(AisleNo aisle) override {
    const std::lock_guard lock{mutex_};
    AisleView& view = aisles_[aisle];
    view.decision.reset();
    view.open.reset();
  }

  std::optional<Seen> wait(AisleNo aisle, milliseconds patience) override {
    std::unique_lock lock{mutex_};
    const auto decided = [&] {
      const AisleView& view = aisles_[aisle];
      if (!view.decision) return false;
      return view.decision->display.screen != protocol::Screen::accepted || view.open.has_value();
    };
    changed_.wait_for(lock, patience, decided);
    const AisleView& view = aisles_[aisle];
    if (!view.decision) return std::nullopt;
    Seen seen = *view.decision;
    seen.open = view.open;
    return seen;
  }

  bool wait_ready(AisleNo aisle, milliseconds patience) override {
    return wait_screen(aisle, protocol::Screen::ready, patience);
  }

  bool wait_screen(AisleNo aisle, protocol::Screen screen, milliseconds patience) override {
    std::unique_lock lock{mutex_};
    return changed_.wait_for(lock, patience, [&] {
      const AisleView& view = aisles_[aisle];
      return view.last && view.last->screen == screen;
    });
  }

  void report_passage(AisleNo aisle, bool passed) override {
    send({aisle, protocol::Passage{passed}});
  }

  void report_fire(bool on) override {
    {
      const std::lock_guard lock{mutex_};
      fire_ = on;
    }
    send({AisleNo{0}, protocol::Fire{on}});
  }

  std::optional<Clock::time_point> first_heartbeat() const override {
    const std::lock_guard lock{mutex_};
    return first_heartbeat_;
  }

  bool emergency_open() const override {
    const std::lock_guard lock{mutex_};
    return fire_ || Clock::now() - last_heartbeat_ > kHeartbeatLost;
  }

 private:
  void run() {
    auto last_alive = Clock::time_point{};
    while (!stop_.load()) {
      const auto socket = current();
      if (!socket) {
        reconnect();
        continue;
      }
      auto packet = socket->receive(kReceivePatience);
      if (packet) {
        take(*packet);
      } else if (packet.error().code() != Errc::timeout) {
        lose();
        continue;
      }
      if (Clock::now() - last_alive > kAliveEvery) {
        last_alive = Clock::now();
        send({AisleNo{0}, protocol::Alive{}});
      }
    }
  }

  void take(ByteView packet) {
    const auto message = protocol::decode(packet);
    if (!message) return;  // a newer gate's message is none of ours
    const std::lock_guard lock{mutex_};
    if (std::holds_alternative<protocol::Heartbeat>(message->body)) {
      last_heartbeat_ = Clock::now();
      if (!first_heartbeat_) first_heartbeat_ = last_heartbeat_;
      return;
    }
    AisleView& view = aisles_[message->aisle];
    if (const auto* display = std::get_if<protocol::Display>(&message->body)) {
      view.last = *display;
      if (is_decision(view, display->screen)) {
        view.decision = Seen{*display, std::nullopt, Clock::now()};
      }
    } else if (const auto* open = std::get_if<protocol::Open>(&message->body)) {
      view.open = *open;
    }
    changed_.notify_all();
  }

  void lose() {
    const std::lock_guard lock{mutex_};
    socket_.reset();
    first_heartbeat_.reset();
    // A dead gate's "ready" invites nobody.
    for (auto& [aisle, view] : aisles_) view.last.reset();
  }

  void reconnect() {
    auto fresh = posix::SeqpacketSocket::connect(path_);
    if (!fresh || !fresh->send(protocol::encode({AisleNo{0}, protocol::Hello{}}), kSendPatience)) {
      std::this_thread::sleep_for(kRetryPause);
      return;
    }
    const std::lock_guard lock{mutex_};
    socket_ = std::make_shared<posix::SeqpacketSocket>(std::move(*fresh));
  }

  [[nodiscard]] std::shared_ptr<posix::SeqpacketSocket> current() const {
    const std::lock_guard lock{mutex_};
    return socket_;
  }

  void send(const protocol::Message& message) {
    const auto socket = current();
    // A report that is lost with its gate stays lost: so it is with a real controller.
    if (socket) static_cast<void>(socket->send(protocol::encode(message), kSendPatience));
  }

  std::filesystem::path path_;
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::shared_ptr<posix::SeqpacketSocket> socket_;
  std::map<AisleNo, AisleView> aisles_;
  Clock::time_point last_heartbeat_;
  std::optional<Clock::time_point> first_heartbeat_;
  bool fire_ = false;
  std::atomic<bool> stop_{false};
  std::thread thread_;
};

}  // namespace

Result<std::unique_ptr<SimGate>> SimGate::start(const std::filesystem::path& gate_socket,
                                                milliseconds patience) {
  const auto deadline = Clock::now() + patience;
  while (true) {
    auto socket = posix::SeqpacketSocket::connect(gate_socket);
    Status hello;
    if (socket) {
      hello = socket->send(protocol::encode({AisleNo{0}, protocol::Hello{}}), kSendPatience);
      if (hello) return std::make_unique<SocketGate>(gate_socket, std::move(*socket));
    }
    if (Clock::now() >= deadline) {
      return fail(socket ? std::move(hello.error()) : std::move(socket.error()),
                  "connecting to the gate at " + gate_socket.string());
    }
    std::this_thread::sleep_for(kRetryPause);
  }
}

}  // namespace tidegate::sim
