#pragma once
// A partition's figures, under the names that dashboards know, for as long as this process holds it.

#include "common/process/run.hpp"
#include "common/runtime/partition.hpp"

#include <optional>
#include <string>

namespace gonghui::runtime {

class PartitionReport {
public:
    // Both outlive it.
    PartitionReport(process::Setup& setup, const Partition& partition, int number);
    ~PartitionReport();
    PartitionReport(const PartitionReport&) = delete;
    PartitionReport& operator=(const PartitionReport&) = delete;

private:
    process::Setup& setup_;
    std::string number_;
    std::optional<process::Metrics::Hook> hook_;
};

}  // namespace gonghui::runtime
