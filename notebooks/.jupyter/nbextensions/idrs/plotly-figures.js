/**
 * Draws Plotly figures in the classic Jupyter Notebook, which has no renderer of its own for them and would show their
 * pictures. `npm run lab` puts Plotly beside this file; nothing comes from the network.
 */
define(["base/js/namespace", "base/js/events", "require"], (Jupyter, events, require) => {
  const MIME = "application/vnd.plotly.v1+json";

  function draw(Plotly, figure, _metadata, element) {
    const output = this.create_output_subarea({}, "output_plotly rendered_html", MIME);
    element.append(output);
    const { data, layout } = structuredClone(figure);
    Plotly.newPlot(output[0], data, layout, { responsive: true, displaylogo: false });
    return output;
  }

  function load_ipython_extension() {
    // Plotly names itself in the window.
    require(["./plotly"], () => {
      const { OutputArea } = require("notebook/js/outputarea");
      OutputArea.prototype.register_mime_type(
        MIME,
        function (...args) {
          return draw.call(this, window.Plotly, ...args);
        },
        { safe: true, index: 0 },
      );
      // Outputs that the notebook carries may have been shown before this was loaded.
      const renew = () =>
        Jupyter.notebook
          .get_cells()
          .filter(({ output_area }) => output_area?.outputs.some(({ data }) => data?.[MIME]))
          .forEach((cell) => Jupyter.notebook.render_cell_output(cell));
      if (Jupyter.notebook._fully_loaded) renew();
      events.on("notebook_loaded.Notebook", renew);
    });
  }

  return { load_ipython_extension };
});
