namespace ReAim.NatLab.Tests.Net;

/// <summary>A cable between two nodes.</summary>
internal sealed class Link
{
    private Link(Simulation simulation, INode a, INode b, LinkOptions options)
    {
        A = new LinkEnd(this, simulation, a, options);
        B = new LinkEnd(this, simulation, b, options);
        A.Connect(B);
        B.Connect(A);
    }

    /// <summary>The end at the first node.</summary>
    public LinkEnd A { get; }

    /// <summary>The end at the second node.</summary>
    public LinkEnd B { get; }

    /// <summary>Sees every datagram at each end it passes: twice if it crosses, once if it is lost.</summary>
    public Action<Crossing>? Tap { get; set; }

    /// <summary>What the link does, both ways. To change one way only, set the options of the end that sends.</summary>
    public LinkOptions Options
    {
        get => A.Options;
        set
        {
            A.Options = value;
            B.Options = value;
        }
    }

    /// <summary>Joins two nodes.</summary>
    public static Link Join(Simulation simulation, INode a, INode b, LinkOptions? options = null)
    {
        var link = new Link(simulation, a, b, options ?? new LinkOptions());
        link.A.AttachToNode();
        link.B.AttachToNode();
        return link;
    }
}
