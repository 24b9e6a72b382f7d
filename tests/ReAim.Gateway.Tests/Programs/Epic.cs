using ReAim.Gateway.Tests.World;

namespace ReAim.Gateway.Tests.Programs;

/// <summary>EPIC5 as it runs on a dumb terminal: commands from standard input, what it shows to standard output.</summary>
internal sealed class Epic(NetNamespace place, string nick) : IrcClient(place, nick)
{
    private int _port;

    public override IReadOnlyList<string> Lines => Program.Lines;

    public override void Order(string command) => Program.WriteLine(command);

    public override void UsePort(int port) => _port = port;

    public override void Offer(string to, string path) => Order($"/dcc send {to} {(_port == 0 ? "" : $"-p {_port} ")}{Quote(path)}");

    public override void OfferPassive(string to, string path) => throw new NotSupportedException("EPIC5 has no command for it.");

    public override void TakeFile(string from) => Order($"/dcc get {from}");

    public override bool IsChatting(string with) => HasShown($"DCC chat connection to {with}[") || HasShown($"DCC CHAT connection with {with}[");

    public override bool HasHeardInChat(string from, string text) => HasShown($"={from}= {text}");

    protected override LiveProgram Launch(IrcAccess access)
    {
        string start = Folder.Write("start", $"""
            set DCC_STORE_PATH {Downloads}
            set FLOOD_PROTECTION off
            set MIRC_BROKEN_DCC_RESUME on
            """);
        string server = access.Password is { } password ? $"{access.Address}:{IrcAccess.Port}:{password}" : $"{access.Address}:{IrcAccess.Port}";
        return new LiveProgram(Place, Folder.Name, false, "TERM=dumb", $"USER={Nick}", $"LOGNAME={Nick}", "epic5", "-d", "-l", start, "-n", Nick, server);
    }
}
