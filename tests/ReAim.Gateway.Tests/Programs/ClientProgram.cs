using ReAim.Gateway.Tests.World;

namespace ReAim.Gateway.Tests.Programs;

/// <summary>An IRC client that can be tried: how it is started, and what it cannot do itself, with nothing in the way.</summary>
internal sealed class ClientProgram
{
    private readonly Func<NetNamespace, string, IrcClient> _make;

    private ClientProgram(string name, string[] programs, Func<NetNamespace, string, IrcClient> make, params DccOperation[] cannot)
    {
        (Name, Programs, _make, Cannot) = (name, programs, make, cannot);
    }

    public static ClientProgram Irssi { get; } = new("irssi", ["irssi", "script"], (place, nick) => new Irssi(place, nick));

    /// <summary>Takes a passive offer for a usual one at port 0.</summary>
    public static ClientProgram WeeChat { get; } = new(
        "weechat", ["weechat-headless"], (place, nick) => new WeeChat(place, nick), DccOperation.PassiveListening, DccOperation.PassiveOffering);

    /// <summary>Refuses port 0, answers no RESUME of irssi, and has no way to write a quote in a name.</summary>
    public static ClientProgram Epic { get; } = new(
        "epic5", ["epic5"], (place, nick) => new Epic(place, nick),
        DccOperation.NameWithQuotes, DccOperation.Resume, DccOperation.PassiveListening, DccOperation.PassiveOffering);

    public static ClientProgram HexChat { get; } = new("hexchat", ["hexchat", "xvfb-run", "xauth"], (place, nick) => new HexChat(place, nick));

    public string Name { get; }

    /// <summary>What must be installed.</summary>
    public IReadOnlyList<string> Programs { get; }

    /// <summary>What it does not do, whatever is in the way.</summary>
    public IReadOnlyList<DccOperation> Cannot { get; }

    public IrcClient Make(NetNamespace place, string nick) => _make(place, nick);

    public override string ToString() => Name;
}
