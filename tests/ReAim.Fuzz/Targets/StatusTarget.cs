using System.Text;
using ReAim.Capture.Monitoring;

namespace ReAim.Fuzz.Targets;

/// <summary>What <c>reaim status</c>, which is root, is told by a worker that is not.</summary>
internal sealed class StatusTarget : FuzzTarget
{
    public override string Name => "status";

    public override IEnumerable<byte[]> Seeds =>
    [
        Encoding.UTF8.GetBytes("""
            {"version": "0.1.0", "process": 5, "uptime": 7, "restarts": 0, "mode": "divert", "flavour": "nft", "public": ["203.0.113.7"], "flows": 1, "held": 0,
             "mappings": [{"public": "203.0.113.7:5190", "lan": "192.168.7.10:5190", "peer": "bob", "age": 3, "expires": 500}],
             "reasons": {"recognised": 1}, "counters": {"packets": 9}}
            """),
    ];

    public override void Try(ReadOnlySpan<byte> input)
    {
        if (StatusJson.TryRead(input.ToArray(), out StatusSnapshot status))
        {
            var text = new StringWriter();
            StatusText.Write(status, text);
            Finding.Unless(!text.ToString().Any(letter => char.IsControl(letter) && letter != '\n'), "Nothing that a terminal obeys is printed.");
        }
    }
}
