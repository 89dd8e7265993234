#include "gateway/main/admin/caller.hpp"

namespace hutong::admin {

std::string Caller::name() const {
    return officer ? officer->name : place.substr(0, place.find(", pid "));
}

std::string Caller::text() const {
    if (platform) return "the platform by itself";
    if (!officer) return channel == security::Channel::socket ? place : "nobody signed in, " + place;
    const std::string org = officer->org.empty() ? "" : " of " + officer->org;
    return (org.empty() ? "officer " : "account ") + officer->name + " (" +
           std::string(security::title_of(officer->role)) + org + "), " +
           (approver.empty() ? std::string() : "approved by " + approver + ", ") +
           std::string(security::to_string(channel)) + ", " + place;
}

boost::json::object Caller::record() const {
    boost::json::object said;
    if (platform) {
        said["platform"] = true;
        return said;
    }
    if (officer) {
        said["officer"] = officer->name;
        said["role"] = security::to_string(officer->role);
        if (!officer->org.empty()) said["org"] = officer->org;
    } else {
        said[channel == security::Channel::socket && !stranger ? "owner" : "nobody"] = true;
    }
    said["channel"] = security::to_string(channel);
    if (!approver.empty()) said["approved_by"] = approver;
    return said;
}

}  // namespace hutong::admin
