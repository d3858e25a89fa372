/** The types of `../vendor/uplot/uPlot.esm.js`: the package has them beside its other builds only. */
declare module "*/uPlot.esm.js" {
  import uPlot from "uplot";
  export default uPlot;
}
