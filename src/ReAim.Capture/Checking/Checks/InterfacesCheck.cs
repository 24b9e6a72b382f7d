using ReAim.Capture.Checking.Surroundings;

namespace ReAim.Capture.Checking.Checks;

/// <summary>Whether the interfaces that were named are there, and are those that packets are routed between.</summary>
internal static class InterfacesCheck
{
    private const string Loopback = "lo";

    /// <summary>Looks.</summary>
    public static IEnumerable<Finding> Look(GatewaySituation situation)
    {
        if (situation.Options.Lan.FirstOrDefault(situation.Options.Wan.Contains) is { } both)
        {
            yield return Finding.Problem(
                $"{both} is named with --lan and with --wan", "name the interface to the clients and the one to the Internet");
        }

        foreach ((string option, string name) in
                 situation.Options.Lan.Select(name => ("--lan", name)).Concat(situation.Options.Wan.Select(name => ("--wan", name))))
        {
            yield return situation.Links.FirstOrDefault(link => link.Name == name) is { } found
                ? Judge(option, found, situation)
                : Finding.Problem($"there is no network interface {name} ({option})", $"there are {Names(situation)}");
        }
    }

    private static Finding Judge(string option, NetworkLink link, GatewaySituation situation)
    {
        if (link.Name == Loopback)
        {
            return Finding.Problem($"{Loopback} ({option}) is this machine's own loopback, and no client's packet crosses it", $"there are {Names(situation)}");
        }

        if (link.Controller is { } controller)
        {
            bool isAcross = situation.Lan.Concat(situation.Wan).Count(other => other.Controller == controller) > 1;
            return Finding.Problem(
                $"{link.Name} ({option}) is a port of {controller}, and packets are routed by that",
                isAcross
                    ? $"if {controller} joins LAN and Internet, this machine is a bridge: run reaim on the router behind it"
                    : $"name {controller} instead");
        }

        if (link is { IsUp: true, Addresses.Count: 0 } && option == "--lan")
        {
            return Finding.Warning(
                $"{link.Name} (--lan) is up and has no IPv4 address, so it is the gateway of no client",
                $"name the interface that has the LAN's address: {WithAddresses(situation)}");
        }

        string addresses = link.Addresses.Count > 0 ? $" and has {string.Join(", ", link.Addresses)}" : "";
        return link.IsUp
            ? Finding.Ok($"{link.Name} ({option}) is up{addresses}")
            : Finding.Warning($"{link.Name} ({option}) is down", $"ip link set {link.Name} up");
    }

    private static string WithAddresses(GatewaySituation situation) => string.Join(
        ", ",
        situation.Links.Where(link => link.Name != Loopback && !situation.Options.Wan.Contains(link.Name) && link.Addresses.Count > 0).Select(link => $"{link.Name} has {link.Addresses[0]}").DefaultIfEmpty("none has one yet"));

    private static string Names(GatewaySituation situation) =>
        string.Join(", ", situation.Links.Select(link => link.Name).Where(name => name != Loopback).DefaultIfEmpty("none"));
}
