// The journal's writer thread: takes all that is queued, one write and one fdatasync for it, then tells those
// who wait.
#pragma once

#include <atomic>
#include <condition_variable>
#include <mutex>
#include <thread>

#include "security/journal/batch.hpp"
#include "security/journal/segment_writer.hpp"

namespace hutong::security::journal {

class JournalWriter : public Journal {
  public:
    JournalWriter(std::filesystem::path folder, std::string node, const config::Journal& options, File lock,
                  SegmentWriter segment);
    ~JournalWriter() override;

    void append(Record record, Durable durable) override;
    bool writable() const override { return writable_; }
    Position last() const override;
    JournalHead head() const override;
    void seal(Sealed sealed) override;

  private:
    void run();
    void wait_for_work(std::unique_lock<std::mutex>& lock);
    void gather(std::unique_lock<std::mutex>& lock);
    void commit();
    void tell(std::span<Durable> waiting, std::span<const std::size_t> lengths, const Result<void>& written);
    Result<void> write(std::span<std::uint8_t> frames, std::span<const std::size_t> lengths);
    Result<void> prepare();
    Result<void> rotate(Cause cause, const std::string& note);
    bool worth_sealing() const { return segment_.tip().records > 0 && !segment_.sealed(); }
    bool old_enough() const;
    Result<void> seal_now();
    void try_again();
    void failed(const Error& error);

    const std::filesystem::path folder_;
    const std::string node_;
    const config::Journal options_;
    const File lock_;

    // The writer thread's own.
    SegmentWriter segment_;
    std::chrono::steady_clock::time_point segment_begun_{std::chrono::steady_clock::now()};
    std::string last_error_;
    Batch taken_;
    std::size_t last_group_{0};  // how many records the last sync was for

    std::atomic<bool> writable_{true};
    std::atomic<std::size_t> queued_bytes_{0};  // waiting or being written
    mutable std::mutex mutex_;                  // guards what follows
    std::condition_variable work_;
    Batch pending_;
    Position last_;
    Tip tip_;
    std::vector<Sealed> seal_requests_;
    bool stopping_{false};

    std::thread thread_;
};

}  // namespace hutong::security::journal
